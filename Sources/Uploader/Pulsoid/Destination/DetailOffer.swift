import Synchronization

/// Whether the server of a destination takes contact and RR intervals: a hub of one's own says so with its answers to
/// readings. Pulsoid does not, and is never asked.
final class DetailOffer: Sendable {
    private enum State: UInt8 {
        case unknown, made
        /// The server does not answer the call that it offered: a proxy may stand before it.
        case void
    }

    private let state = Atomic(State.unknown.rawValue)

    var isMade: Bool { state.load(ordering: .relaxed) == State.made.rawValue }

    /// Returns whether the offer counts.
    func make() -> Bool {
        let exchange = state.compareExchange(
            expected: State.unknown.rawValue, desired: State.made.rawValue, ordering: .relaxed)
        return exchange.original != State.void.rawValue
    }

    /// The offer does not count again until the program starts again.
    func withdraw() {
        state.store(State.void.rawValue, ordering: .relaxed)
    }
}
