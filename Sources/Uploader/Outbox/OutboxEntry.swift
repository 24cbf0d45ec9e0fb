public import HeartRate

/// A reading in the outbox.
public struct OutboxEntry: Sendable, Hashable, Identifiable {
    /// Its place in the order of arrival. Grows with every reading, whatever its strap and whatever the clocks say.
    public let id: Int64
    public let reading: Reading
    public let ageClock: AgeClock

    public init(id: Int64, reading: Reading, ageClock: AgeClock = .boot) {
        self.id = id
        self.reading = reading
        self.ageClock = ageClock
    }
}
