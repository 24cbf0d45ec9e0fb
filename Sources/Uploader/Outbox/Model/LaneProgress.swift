/// How far one lane has come at one moment. What it has passed between two moments is the difference of ``waiting``.
package struct LaneProgress: Sendable, Equatable {
    package let lane: Lane
    /// The ids of the readings that the lane has still to pass, those that it left behind for later included; without end,
    /// for what arrives next is among them.
    package let waiting: RangeSet<Int64>
    /// The ids of the readings that the destination refused for good. A reading is here before the lane passes it.
    package let setAside: Set<Int64>
    /// Readings that the lane has passed over, undelivered, because of their age: counted before it passes them.
    package let tooOld: Int

    package init(lane: Lane, waiting: RangeSet<Int64>, setAside: Set<Int64> = [], tooOld: Int = 0) {
        self.lane = lane
        self.waiting = waiting
        self.setAside = setAside
        self.tooOld = tooOld
    }
}
