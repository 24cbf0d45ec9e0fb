/// How far all lanes have come, in one state of the file.
package struct OutboxProgress: Sendable, Equatable {
    /// The lanes that are declared, by strap and destination.
    package let lanes: [LaneProgress]
    /// Whether readings of the newest boot have their right time. When this becomes true, those that are there are
    /// given another time.
    package let isClockTrusted: Bool

    package init(lanes: [LaneProgress], isClockTrusted: Bool) {
        self.lanes = lanes
        self.isClockTrusted = isClockTrusted
    }
}
