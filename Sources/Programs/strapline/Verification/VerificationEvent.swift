import Timing

/// What happens while delivery is verified.
enum VerificationEvent: Sendable {
    /// Of the view with this number.
    case opened(Int, at: Moment)
    case closed(Int, reason: String)
    case seen(Int, Sight)
    /// The latest reading was asked for, and is the one of before, or none.
    case nothingNew(Int, at: Moment)
    /// It is time to look into the outbox.
    case look
    /// It is time to ask the hub what it has.
    case ask
    /// The time is over that was asked for, counted from the start or from the first opening.
    case timeIsOver(sinceOpening: Bool)
    /// Ctrl-C, or SIGTERM.
    case interrupted
    /// What is on its way has had its time.
    case graceIsOver
}
