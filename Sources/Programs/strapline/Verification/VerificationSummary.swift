import Outbox

/// What a verification came to.
struct VerificationSummary: Sendable, Equatable {
    enum Conclusion: String, Sendable {
        case allSeen = "all-seen"
        case missing
        case notProvable = "not-provable"
        case nothingSent = "nothing-sent"
        case neverOpened = "never-opened"
    }

    let lanes: [Lane: VerificationTally]
    /// Whether the stream opened at all.
    let hasOpened: Bool
    /// Whether a hub was asked for what it has.
    let askedHistory: Bool

    var total: VerificationTally { lanes.values.reduce(VerificationTally(), +) }

    var conclusion: Conclusion {
        let total = total
        if total.missing > 0 { return .missing }
        if !hasOpened { return .neverOpened }
        if total.unprovable > 0 { return .notProvable }
        return total.sent == 0 ? .nothingSent : .allSeen
    }

    /// In order of strap and destination.
    var rows: [(lane: Lane, tally: VerificationTally)] {
        lanes.sorted { $0.key.description < $1.key.description }.map { ($0.key, $0.value) }
    }
}
