/// A dead letter: a reading that a destination rejected for good, kept with the service's message.
package struct DeadLetter: Sendable, Hashable {
    package let entry: OutboxEntry
    package let lane: Lane
    /// Why the service rejected it the last time.
    package let reason: String
    /// When it did, in milliseconds since the Unix epoch.
    package let setAsideAtMilliseconds: Int64
    /// How often it did.
    package let refusals: Int
    /// Whether it is requeued, and not sent since.
    package let isRequeued: Bool
    /// Whether the uploader delivers to the destination, as it was configured when it last started.
    package let isLaneDeclared: Bool

    package init(
        entry: OutboxEntry, lane: Lane, reason: String, setAsideAtMilliseconds: Int64, refusals: Int = 1,
        isRequeued: Bool = false, isLaneDeclared: Bool = true
    ) {
        self.entry = entry
        self.lane = lane
        self.reason = reason
        self.setAsideAtMilliseconds = setAsideAtMilliseconds
        self.refusals = refusals
        self.isRequeued = isRequeued
        self.isLaneDeclared = isLaneDeclared
    }

    package var id: Int64 { entry.id }
    package var reading: Reading { entry.reading }
}
