/// The content of an outbox, and the progress of each lane.
package struct OutboxStatistics: Sendable, Equatable {
    /// How far one lane has come.
    package struct LaneStatistics: Sendable, Equatable {
        package let lane: Lane
        /// Readings that are still to be uploaded.
        package let waiting: Int
        /// Dead letters: readings that the destination rejected for good.
        package let setAside: Int
        /// Readings that were skipped as expired.
        package let expired: Int
        /// ``OutboxEntry/id`` of the last reading that the lane has passed; 0 before the first. Some before it may wait
        /// as well, where newer ones go first.
        package let lastAcknowledgedID: Int64

        package init(lane: Lane, waiting: Int, setAside: Int, expired: Int = 0, lastAcknowledgedID: Int64) {
            self.lane = lane
            self.waiting = waiting
            self.setAside = setAside
            self.expired = expired
            self.lastAcknowledgedID = lastAcknowledgedID
        }
    }

    /// Readings received since the outbox was made.
    package let received: Int64
    /// Readings that left undelivered because ``OutboxOptions/sizeLimitBytes`` was reached.
    package let dropped: Int64
    /// Readings that were lost undelivered because the file could not be written for so long that memory was full, or
    /// because the disk could not read them.
    package let lost: Int64
    /// Room taken by the readings that are kept.
    package let usedBytes: Int64
    /// The lanes that are declared, by strap and destination.
    package let lanes: [LaneStatistics]
}
