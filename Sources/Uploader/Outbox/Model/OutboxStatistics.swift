/// What an outbox holds, and how far each lane has come.
package struct OutboxStatistics: Sendable, Equatable {
    /// How far one lane has come.
    package struct LaneStatistics: Sendable, Equatable {
        package let lane: Lane
        /// Readings that are still to be uploaded.
        package let waiting: Int
        /// Readings that the destination refused for good.
        package let setAside: Int
        /// Readings that were passed over, undelivered, because of their age.
        package let tooOld: Int
        /// ``OutboxEntry/id`` of the last reading that the lane has passed; 0 before the first. Some before it may wait
        /// as well, where newer ones go first.
        package let lastAcknowledgedID: Int64

        package init(lane: Lane, waiting: Int, setAside: Int, tooOld: Int = 0, lastAcknowledgedID: Int64) {
            self.lane = lane
            self.waiting = waiting
            self.setAside = setAside
            self.tooOld = tooOld
            self.lastAcknowledgedID = lastAcknowledgedID
        }
    }

    /// Readings received since the outbox was made.
    package let received: Int64
    /// Readings that left undelivered because ``OutboxOptions/sizeLimitBytes`` was reached.
    package let dropped: Int64
    /// Readings that were lost undelivered because the file could not be written for so long that memory was full, or because
    /// the disk could not read them.
    package let lost: Int64
    /// Room taken by the readings that are kept.
    package let usedBytes: Int64
    /// The lanes that are declared, by strap and destination.
    package let lanes: [LaneStatistics]
}
