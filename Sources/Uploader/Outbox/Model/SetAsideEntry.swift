/// A reading that a destination refused for good, kept with the service's own words.
package struct SetAsideEntry: Sendable, Hashable {
    package let entry: OutboxEntry
    package let lane: Lane
    /// Why the service refused it the last time.
    package let reason: String
    /// When it did, in milliseconds since the Unix epoch.
    package let setAsideAtMilliseconds: Int64
    /// How often it did.
    package let refusals: Int
    /// Whether it is to be sent again, and has not been since.
    package let isPutBack: Bool
    /// Whether the uploader delivers to the destination, as it was configured when it last started.
    package let isLaneDeclared: Bool

    package init(
        entry: OutboxEntry, lane: Lane, reason: String, setAsideAtMilliseconds: Int64, refusals: Int = 1,
        isPutBack: Bool = false, isLaneDeclared: Bool = true
    ) {
        self.entry = entry
        self.lane = lane
        self.reason = reason
        self.setAsideAtMilliseconds = setAsideAtMilliseconds
        self.refusals = refusals
        self.isPutBack = isPutBack
        self.isLaneDeclared = isLaneDeclared
    }
}
