/// What happens, on the bus's thread, when a call is answered; one of the two is called, once.
struct ReplyHandler: Sendable {
    var succeed: @Sendable (borrowing Message) -> Void
    var fail: @Sendable (any Error) -> Void

    static let ignore = ReplyHandler(succeed: { _ in }, fail: { _ in })
}
