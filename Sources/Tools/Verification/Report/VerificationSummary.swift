package import Outbox

/// What a verification came to.
package struct VerificationSummary: Sendable, Equatable {
    package enum Conclusion: String, Sendable {
        case allSeen = "all-seen"
        case missing
        case notProvable = "not-provable"
        case nothingSent = "nothing-sent"
        case neverOpened = "never-opened"
    }

    package let lanes: [Lane: VerificationTally]
    /// Whether the stream opened at all.
    let hasOpened: Bool
    /// Whether a hub was asked for what it has.
    let askedHistory: Bool

    package var total: VerificationTally { lanes.values.reduce(VerificationTally(), +) }

    package var conclusion: Conclusion {
        let total = total
        if total.missing > 0 { return .missing }
        if !hasOpened { return .neverOpened }
        if total.unprovable > 0 { return .notProvable }
        return total.sent == 0 ? .nothingSent : .allSeen
    }

    /// In order of strap and destination.
    package var rows: [(lane: Lane, tally: VerificationTally)] {
        lanes.sorted { $0.key.description < $1.key.description }.map { ($0.key, $0.value) }
    }
}
