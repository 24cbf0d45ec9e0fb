import Outbox

/// A reading that was acknowledged, until no more can be learnt about it.
struct Claim: Sendable, Equatable {
    struct Key: Sendable, Hashable {
        let lane: Lane
        let id: Int64
    }

    /// Whether the service had to show it here.
    enum Coverage: Sendable {
        /// The stream was open all the time.
        case live
        /// The stream was away when it may have been shown.
        case away
        /// It may have been shown before the stream opened first.
        case beforeWindow
        /// Only the latest reading is asked for.
        case overtakable
    }

    let reading: AcknowledgedReading
    /// On the clock that never steps, in milliseconds.
    let acknowledgedAt: Int64
    var coverage: Coverage
    /// The verdict by which it was seen.
    var seen: Verdict?
    /// Whether the hub's history was asked for it.
    var isAsked = false
    /// What the history says; nil while it has not.
    var isKept: Bool?
}
