/// How an outbox keeps its readings. The defaults suit a Raspberry Pi with an SD card.
package struct OutboxOptions: Sendable, Equatable {
    package var durability: Durability
    /// With ``Durability/processCrash``: how often new readings are written to the file, by a synced write. A power cut
    /// loses no more than this, and a copy of the file alone lacks no more than this.
    package var syncInterval: Duration
    /// A reading leaves when it is older than this and every declared lane of its strap has passed it.
    package var retention: Duration
    /// If the readings take more space than this, the oldest are removed, delivered or not: counted and logged.
    package var sizeLimitBytes: Int64
    /// How long after the start uploads wait for the wall clock to be set, on a machine that starts with a wrong one;
    /// zero does not wait.
    package var clockWait: Duration

    package init(
        durability: Durability = .powerLoss, syncInterval: Duration = .seconds(30),
        retention: Duration = .seconds(30 * 86_400), sizeLimitBytes: Int64 = 1 << 30,
        clockWait: Duration = .seconds(60)
    ) {
        self.durability = durability
        self.syncInterval = syncInterval
        self.retention = retention
        self.sizeLimitBytes = sizeLimitBytes
        self.clockWait = clockWait
    }
}
