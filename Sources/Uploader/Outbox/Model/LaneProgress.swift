/// How far one lane has come at one moment. The difference of ``waiting`` between two moments is the passed readings.
package struct LaneProgress: Sendable, Equatable {
    package let lane: Lane
    /// The ids of the readings that the lane has still to pass, deferred ones included. The range has no end, because
    /// later readings belong to it.
    package let waiting: RangeSet<Int64>
    /// The ids of the lane's dead letters. A reading is here before the lane passes it.
    package let setAside: Set<Int64>
    /// Readings that have expired in the lane, undelivered. They are counted before the lane passes them.
    package let expired: Int

    package init(lane: Lane, waiting: RangeSet<Int64>, setAside: Set<Int64> = [], expired: Int = 0) {
        self.lane = lane
        self.waiting = waiting
        self.setAside = setAside
        self.expired = expired
    }
}
