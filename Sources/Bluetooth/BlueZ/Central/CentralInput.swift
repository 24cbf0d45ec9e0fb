import DBus

/// What the loop waits for.
enum CentralInput: Sendable {
    case machine(CentralMachine.Event)
    /// From a characteristic, or from a device that broadcasts.
    case packet(strap: Int, from: ObjectPath, Packet)
    /// So many packets were dropped before the loop could take them.
    case missed(strap: Int, Int)
    /// Somebody wants to know whether the loop goes on: finished when it comes to it.
    case asked(AsyncStream<Never>.Continuation)
    /// It is time to look at the deadlines.
    case woken
}
