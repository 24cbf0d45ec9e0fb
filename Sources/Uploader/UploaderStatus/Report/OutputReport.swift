package import Outputs
package import Timing

/// How it stands with one output.
package struct OutputReport: Codable, Equatable, Sendable {
    /// The name in the configuration.
    package var output: String
    package var kind: String
    /// Left out if it shows all straps.
    package var strap: String?
    /// An `OutputStatus.State`.
    package var state: String
    package var stateAge: Int64
    /// Why it fails, and the fix; left out otherwise.
    package var reason: String?
    /// Since values were last sent; that says nothing about their arrival.
    package var lastSentAge: Int64?
    /// Updates since the start that were sent.
    package var sent: Int
    /// Attempts since the start that failed.
    package var failures: Int

    package init(
        output: String, kind: String, strap: String? = nil, state: String, stateAge: Int64 = 0, reason: String? = nil,
        lastSentAge: Int64? = nil, sent: Int = 0, failures: Int = 0
    ) {
        self.output = output
        self.kind = kind
        self.strap = strap
        self.state = state
        self.stateAge = stateAge
        self.reason = reason
        self.lastSentAge = lastSentAge
        self.sent = sent
        self.failures = failures
    }

    enum CodingKeys: String, CodingKey {
        case output, kind, strap, state, reason, sent, failures
        case stateAge = "state_age_ms"
        case lastSentAge = "last_sent_age_ms"
    }

    package var isFailing: Bool { state == OutputStatus.State.failing.rawValue }
}

extension OutputReport {
    /// A server may answer with a page; its beginning says what there is to say.
    private static let reasonCharacters = 500

    package init(_ status: OutputStatus, kind: String, strap: String?, at now: Moment) {
        func age(_ milliseconds: Int64) -> Int64 { max(0, now.bootMilliseconds - milliseconds) }
        self.init(
            output: status.output, kind: kind, strap: strap, state: status.state.rawValue,
            stateAge: age(status.sinceBootMilliseconds),
            reason: status.reason.map { String($0.prefix(Self.reasonCharacters)) },
            lastSentAge: status.lastSentAtBootMilliseconds.map(age), sent: status.sent, failures: status.failures)
    }
}
