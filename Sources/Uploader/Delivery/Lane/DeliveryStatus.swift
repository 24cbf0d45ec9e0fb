package import Outbox

/// The state of a lane's deliveries, for `status`.
package struct DeliveryStatus: Sendable, Equatable {
    /// The present state of the lane. `status`, `setup`, the log and the metrics use these words.
    package enum State: String, Sendable {
        /// Readings go to the service.
        case delivering
        /// There is nothing to deliver: the strap sent nothing lately, or never.
        case idle
        /// The machine's clock is not set. Readings wait, so that they get their right time.
        case waitingForClock = "waiting for the clock"
        /// The service rejected the last reading for good.
        case rejecting
        /// The service cannot be reached, does not answer, or asks to retry later.
        case retrying
        /// The service rejects all requests until the user fixes the token or the configuration.
        case paused

        /// Whether the service takes no readings now.
        var isFailing: Bool { self == .retrying || self == .paused }
    }

    /// After a delivery, a lane with nothing more to deliver is not idle for this long. Some straps send in bursts.
    package static let idleAfterMilliseconds: Int64 = 30_000
    /// A lane whose request has no answer for this long does not deliver. The request itself has longer.
    static let unansweredAfterMilliseconds: Int64 = 10_000

    package var lane: Lane
    package var state: State = .idle
    /// Since when, on the clock that never steps; nil since the start.
    package var sinceBootMilliseconds: Int64?
    /// Why the lane is in this state: the service's message, with the fix. Nil while it delivers or is idle.
    package var reason: String?
    /// How long the lane still waits for the clock at most; nil in the other states.
    package var clockWait: Duration?
    /// On the clock that never steps (`Moment.bootMilliseconds`); nil before the first.
    package var lastSuccessAtBootMilliseconds: Int64?
    /// The service's message; nil if there was no error since the start.
    package var lastError: String?
    /// By the clock that never steps.
    package var lastErrorAtBootMilliseconds: Int64?

    package init(lane: Lane) {
        self.lane = lane
    }

    /// The lane is in this state from now on, or still.
    mutating func change(to state: State, reason: String?, atBootMilliseconds now: Int64) {
        if state != self.state { sinceBootMilliseconds = now }
        self.state = state
        self.reason = reason
    }

    /// With the states that time alone brings. `isIdle` is whether the lane has nothing to deliver, `unansweredSince`
    /// the time of the request that waits for an answer.
    func present(
        isIdle: Bool, clockWait: Duration?, unansweredSince: Int64? = nil, atBootMilliseconds now: Int64
    ) -> DeliveryStatus {
        guard state == .delivering || state == .idle else { return self }
        var status = self
        let age = lastSuccessAtBootMilliseconds.map { now - $0 }
        if let clockWait {
            status.state = .waitingForClock
            status.sinceBootMilliseconds = nil
            status.clockWait = clockWait
        } else if isIdle, age ?? .max > Self.idleAfterMilliseconds {
            status.state = .idle
            status.sinceBootMilliseconds = lastSuccessAtBootMilliseconds
        } else if let unansweredSince, now - unansweredSince >= Self.unansweredAfterMilliseconds {
            status.state = .retrying
            status.sinceBootMilliseconds = unansweredSince
            status.reason = "the service has not answered for \((now - unansweredSince) / 1000) s"
        } else {
            status.state = .delivering
        }
        return status
    }
}
