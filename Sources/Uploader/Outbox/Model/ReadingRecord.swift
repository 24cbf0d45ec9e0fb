/// All that an outbox knows about one reading.
package struct ReadingRecord: Sendable, Equatable {
    /// Its state at one destination of its strap.
    package struct LaneRecord: Sendable, Equatable {
        package let lane: Lane
        /// Whether the uploader delivers to it, as it was configured when it last started.
        package let isDeclared: Bool
        /// Whether the lane's cursor has passed it: it was delivered, set aside or skipped as expired, is no heart
        /// rate, or is older than the lane. A deferred reading is not passed.
        package let isPassed: Bool
        /// Nil when it is not set aside.
        package let setAside: DeadLetter?

        package init(lane: Lane, isDeclared: Bool, isPassed: Bool, setAside: DeadLetter?) {
            self.lane = lane
            self.isDeclared = isDeclared
            self.isPassed = isPassed
            self.setAside = setAside
        }
    }

    package let entry: OutboxEntry
    /// Whether the machine's clock was right. If not, the time of the reading is wrong too.
    package let isClockTrusted: Bool
    /// Of every destination that its strap has ever had.
    package let lanes: [LaneRecord]

    package init(entry: OutboxEntry, isClockTrusted: Bool, lanes: [LaneRecord]) {
        self.entry = entry
        self.isClockTrusted = isClockTrusted
        self.lanes = lanes
    }
}
