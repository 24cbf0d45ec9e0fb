/// What the loop waits for.
enum CentralInput: Sendable {
    case machine(CentralMachine.Event)
    case packet(strap: Int, attempt: Int, Packet)
    /// So many packets were dropped before the loop could take them.
    case missed(strap: Int, Int)
    /// It is time to look at the deadlines.
    case woken
}
