/// What an outbox holds, and how far each lane has come.
public struct OutboxStatistics: Sendable, Equatable {
    /// How far one lane has come.
    public struct LaneStatistics: Sendable, Equatable {
        public let lane: Lane
        /// Readings that are still to be uploaded.
        public let waiting: Int
        /// Readings that the destination refused for good.
        public let setAside: Int
        /// Readings that were passed over, undelivered, because of their age.
        public let tooOld: Int
        /// ``OutboxEntry/id`` of the last reading that the lane has passed; 0 before the first. Some before it may wait
        /// as well, where newer ones go first.
        public let lastAcknowledgedID: Int64

        public init(lane: Lane, waiting: Int, setAside: Int, tooOld: Int = 0, lastAcknowledgedID: Int64) {
            self.lane = lane
            self.waiting = waiting
            self.setAside = setAside
            self.tooOld = tooOld
            self.lastAcknowledgedID = lastAcknowledgedID
        }
    }

    /// Readings received since the outbox was made.
    public let received: Int64
    /// Readings that left undelivered because ``OutboxOptions/sizeLimitBytes`` was reached.
    public let dropped: Int64
    /// Readings that were lost undelivered because the file could not be written for so long that memory was full, or because
    /// the disk could not read them.
    public let lost: Int64
    /// Room taken by the readings that are kept.
    public let usedBytes: Int64
    /// The lanes that are declared, by strap and destination.
    public let lanes: [LaneStatistics]
}
