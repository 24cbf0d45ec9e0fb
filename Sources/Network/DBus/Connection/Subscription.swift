/// Somebody who receives signals, on the bus's thread.
final class Subscription: Sendable {
    let id: Int
    let rule: MatchRule
    /// The well-known name whose owner must be known to tell whether a signal matches.
    let trackedSender: String?
    let receive: @Sendable (borrowing Message) -> Void
    /// The connection has ended.
    let finish: @Sendable (BusError) -> Void

    init(
        id: Int, rule: MatchRule, receive: @escaping @Sendable (borrowing Message) -> Void,
        finish: @escaping @Sendable (BusError) -> Void
    ) {
        self.id = id
        self.rule = rule
        trackedSender = rule.trackedSender
        self.receive = receive
        self.finish = finish
    }
}

/// The unique name behind a well-known one, and how many subscriptions need to know it.
struct TrackedOwner: Sendable {
    var uniqueName: String?
    var users: Int
}

/// What happens, on the bus's thread, when a call is answered; one of the two is called, once.
struct ReplyHandler: Sendable {
    var succeed: @Sendable (borrowing Message) -> Void
    var fail: @Sendable (any Error) -> Void

    static let ignore = ReplyHandler(succeed: { _ in }, fail: { _ in })
}
