/// Controls the renewal of a missing or lost bond: a value without a clock, like its session.
///
/// ```
///  idle ── a bond is missing, or was removed ──▶ due ── heart rate, or the last connection failed ──▶ resting
///    ▲                                                                                                   │
///    └────────────────────────────────────── the pause is over ──────────────────────────────────────────┘
/// ```
enum BondRenewal: Sendable, Equatable {
    case idle
    /// This number of connections is made with an agent, until one of them brings a heart rate.
    case due(connectionsLeft: Int)
    case resting

    /// The refusals in a row before the bond is removed. `le-connection-abort-by-local` also comes by chance, and a
    /// removed bond does not come back.
    static let refusals = 3

    /// Straps answer the first attempt badly and the second well.
    static let connections = 3

    /// The pause between two renewals. A renewal without lasting success must not repeat all day, and must not offer
    /// bonds all the time.
    static let pause: Duration = .seconds(600)

    var isDue: Bool { if case .due = self { true } else { false } }

    mutating func begin() {
        self = .due(connectionsLeft: Self.connections)
    }

    /// A connection with an agent brought no heart rate. Returns whether it was the last one.
    mutating func connectionFailed() -> Bool {
        guard case .due(let left) = self else { return false }
        self = left > 1 ? .due(connectionsLeft: left - 1) : .resting
        return left <= 1
    }
}
