/// A receiver of signals, called on the connection's thread.
final class SignalSubscription: Sendable {
    let id: Int
    let rule: MatchRule
    /// The well-known name in the rule. Its owner is tracked: signals carry unique names.
    let trackedSender: String?
    let receive: @Sendable (borrowing Message) -> Void
    /// Called if the connection ends.
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

/// The owner of a well-known name, and the number of subscriptions with that name.
struct TrackedOwner: Sendable {
    var uniqueName: String?
    var users: Int
}

/// Handles the reply to a call on the connection's thread. One of the two closures is called, once.
struct ReplyHandler: Sendable {
    var succeed: @Sendable (borrowing Message) -> Void
    var fail: @Sendable (any Error) -> Void

    static let ignore = ReplyHandler(succeed: { _ in }, fail: { _ in })
}
