/// How it stands with an output.
package struct OutputStatus: Sendable, Equatable {
    /// The raw value is its word in reports and metrics.
    package enum State: String, Sendable, CaseIterable {
        /// Nothing was sent yet.
        case starting
        /// A strap is live, and its values are sent.
        case sending
        /// The output works, and no strap is live.
        case noValue = "no value"
        case failing
    }

    package let output: String
    package let state: State
    package let sinceBootMilliseconds: Int64
    /// Why it fails, and the fix.
    package let reason: String?
    package let lastSentAtBootMilliseconds: Int64?
    /// Updates since the start that were sent.
    package let sent: Int
    /// Attempts since the start that failed.
    package let failures: Int
}

/// The state of an output from its reports.
struct OutputHealth {
    private var state = OutputStatus.State.starting
    private var since: Int64
    private var isLive = false
    /// Whether a heart rate was sent, and not yet that there is none.
    private(set) var showsValue = false
    private var reason: String?
    private var lastSent: Int64?
    private var sent = 0
    private var failures = 0

    init(since: Int64) {
        self.since = since
    }

    /// Whether a strap is live in the update that the output has just taken.
    mutating func note(isLive: Bool) {
        self.isLive = isLive
    }

    /// Whether it failed before.
    mutating func sent(at now: Int64) -> Bool {
        let hadFailed = state == .failing
        reason = nil
        lastSent = now
        sent += 1
        showsValue = isLive
        change(to: isLive ? .sending : .noValue, at: now)
        return hadFailed
    }

    /// Whether it did not fail before.
    mutating func failed(_ reason: String, at now: Int64) -> Bool {
        let isNew = state != .failing
        self.reason = reason
        failures += 1
        change(to: .failing, at: now)
        return isNew
    }

    func status(of output: String) -> OutputStatus {
        OutputStatus(
            output: output, state: state, sinceBootMilliseconds: since, reason: reason,
            lastSentAtBootMilliseconds: lastSent, sent: sent, failures: failures)
    }

    private mutating func change(to new: OutputStatus.State, at now: Int64) {
        if new != state { since = now }
        state = new
    }
}
