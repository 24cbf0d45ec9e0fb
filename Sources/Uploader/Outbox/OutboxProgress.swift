/// How far all lanes have come, in one state of the file.
public struct OutboxProgress: Sendable, Equatable {
    /// The lanes that are declared, by strap and destination.
    public let lanes: [LaneProgress]
    /// Whether readings of the newest boot tell the time at which they happened. When this becomes true, those that are
    /// there are given another time.
    public let isClockTrusted: Bool

    public init(lanes: [LaneProgress], isClockTrusted: Bool) {
        self.lanes = lanes
        self.isClockTrusted = isClockTrusted
    }
}
