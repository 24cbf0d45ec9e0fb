/// A reading in the outbox.
package struct OutboxEntry: Sendable, Hashable, Identifiable {
    /// Its place in the order of arrival. Grows with every reading, whatever its strap and whatever the clocks say.
    package let id: Int64
    package let reading: Reading
    package let ageClock: AgeClock

    package init(id: Int64, reading: Reading, ageClock: AgeClock = .boot) {
        self.id = id
        self.reading = reading
        self.ageClock = ageClock
    }
}
