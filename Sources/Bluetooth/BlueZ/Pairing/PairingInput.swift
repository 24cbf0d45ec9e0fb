import DBus

/// What the loop waits for.
enum PairingInput: Sendable {
    enum DeadlineOwner: Hashable, Sendable {
        case machine
        case adapter(ObjectPath)
    }

    case machine(PairingMachine.Event)
    /// A time is over; an older one of the same owner counts no more.
    case deadline(DeadlineOwner, number: Int)
}
