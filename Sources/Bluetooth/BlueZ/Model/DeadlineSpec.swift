import Timing

/// A deadline as the state machines state it: they have no clock and roll no dice.
enum DeadlineSpec: Sendable, Equatable {
    case exactly(Duration)
    case backoff(Backoff, failures: Int)

    /// How long to wait now, with the jitter drawn.
    var drawn: Duration {
        switch self {
        case .exactly(let duration): duration
        case .backoff(let backoff, let failures): backoff.delay(afterFailures: failures)
        }
    }
}
