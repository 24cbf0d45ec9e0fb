/// What the loop waits for.
enum PairingInput: Sendable {
    case machine(PairingMachine.Event)
    /// A time is over; an older one of the same owner counts no more.
    case deadline(PairingDeadline, number: Int)
}

/// Whose deadline it is.
enum PairingDeadline: Hashable, Sendable {
    case machine
    case adapter
}
