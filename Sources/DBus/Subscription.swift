/// Somebody who receives signals, on the bus's thread.
struct Subscription: Sendable {
    var id: Int
    var rule: MatchRule
    var receive: @Sendable (borrowing Message) -> Void
    /// The connection has ended.
    var finish: @Sendable (BusError) -> Void
}

/// The unique name behind a well-known one, and how many subscriptions need to know it.
struct TrackedOwner: Sendable {
    var uniqueName: String?
    var users: Int
}
