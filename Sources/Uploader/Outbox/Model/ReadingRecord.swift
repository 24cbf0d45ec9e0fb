/// All that an outbox knows about one reading.
package struct ReadingRecord: Sendable, Equatable {
    /// How it stands with a destination of its strap.
    package struct LaneRecord: Sendable, Equatable {
        package let lane: Lane
        /// Whether the uploader delivers to it, as it was configured when it last started.
        package let isDeclared: Bool
        /// Whether the lane's cursor has passed it: it was delivered or set aside, was too old when its turn came, is no
        /// heart rate, or is older than the lane. What the lane has left behind for later is not passed.
        package let isPassed: Bool
        /// Nil when it is not set aside.
        package let setAside: SetAsideEntry?

        package init(lane: Lane, isDeclared: Bool, isPassed: Bool, setAside: SetAsideEntry?) {
            self.lane = lane
            self.isDeclared = isDeclared
            self.isPassed = isPassed
            self.setAside = setAside
        }
    }

    package let entry: OutboxEntry
    /// Whether the machine's clock was right: else the time of the reading is what the wrong one showed.
    package let isClockTrusted: Bool
    /// Of every destination that its strap has ever had.
    package let lanes: [LaneRecord]

    package init(entry: OutboxEntry, isClockTrusted: Bool, lanes: [LaneRecord]) {
        self.entry = entry
        self.isClockTrusted = isClockTrusted
        self.lanes = lanes
    }
}
