/// A reading that a destination refused for good, kept with the service's own words.
public struct SetAsideEntry: Sendable, Hashable {
    public let entry: OutboxEntry
    public let lane: Lane
    /// Why the service refused it.
    public let reason: String
    /// When, in milliseconds since the Unix epoch.
    public let setAsideAtMilliseconds: Int64
}
