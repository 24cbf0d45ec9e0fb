import Console
package import Delivery
package import Outbox
package import Timing

/// How it stands with one destination of one strap.
package struct DestinationReport: Codable, Equatable, Sendable {
    package var strap: String
    package var destination: String
    /// A `DeliveryStatus.State`; left out while no uploader runs.
    package var state: String?
    /// Since the state began; left out if it began with the uploader.
    package var stateAge: Int64?
    /// Why the destination is in this state, and the fix; left out while it delivers or is idle.
    package var reason: String?
    /// How long uploads still wait for the clock at most.
    package var clockWait: Int64?
    package var lastSuccessAge: Int64?
    package var lastError: String?
    var lastErrorAge: Int64?
    /// Readings that are still to be uploaded.
    package var waiting: Int?
    /// Readings that the service refused for good.
    package var setAside: Int?
    /// Readings that were not sent because of their age.
    package var tooOld: Int?

    package init(
        strap: String, destination: String, state: String? = nil, stateAge: Int64? = nil, reason: String? = nil,
        clockWait: Int64? = nil, lastSuccessAge: Int64? = nil, lastError: String? = nil, lastErrorAge: Int64? = nil,
        waiting: Int? = nil, setAside: Int? = nil, tooOld: Int? = nil
    ) {
        self.strap = strap
        self.destination = destination
        self.state = state
        self.stateAge = stateAge
        self.reason = reason
        self.clockWait = clockWait
        self.lastSuccessAge = lastSuccessAge
        self.lastError = lastError
        self.lastErrorAge = lastErrorAge
        self.waiting = waiting
        self.setAside = setAside
        self.tooOld = tooOld
    }

    enum CodingKeys: String, CodingKey {
        case strap, destination, state, reason, waiting
        case stateAge = "state_age_ms"
        case clockWait = "clock_wait_ms"
        case lastSuccessAge = "last_success_age_ms"
        case lastError = "last_error"
        case lastErrorAge = "last_error_age_ms"
        case setAside = "set_aside"
        case tooOld = "too_old"
    }

    package var lane: Lane { Lane(strap: strap, destination: destination) }
}

extension DestinationReport {
    /// A service may answer with a page; its beginning says what there is to say.
    private static let errorCharacters = 500

    package init(_ status: DeliveryStatus, at now: Moment) {
        func age(_ milliseconds: Int64?) -> Int64? { milliseconds.map { max(0, now.bootMilliseconds - $0) } }
        self.init(
            strap: status.lane.strap, destination: status.lane.destination, state: status.state.rawValue,
            stateAge: age(status.sinceBootMilliseconds), reason: status.reason.map(Self.shortened),
            clockWait: status.clockWait.map { Int64($0 / .milliseconds(1)) },
            lastSuccessAge: age(status.lastSuccessAtBootMilliseconds),
            lastError: status.lastError.map(Self.shortened),
            lastErrorAge: age(status.lastErrorAtBootMilliseconds))
    }

    private static func shortened(_ error: String) -> String { String(error.prefix(errorCharacters)) }

    /// Whether readings cannot get to the service now, or are rejected.
    package var isTroubled: Bool {
        switch state.flatMap(DeliveryStatus.State.init(rawValue:)) {
        case .rejecting, .retrying, .paused: true
        case .delivering, .idle, .waitingForClock, nil: false
        }
    }

    /// The state with the seconds that the clock is still waited for: `waiting for the clock (42 s)`.
    package var stateWords: String? {
        state.map { $0 + (clockWait.map { " (\(WallTime.span(milliseconds: $0)))" } ?? "") }
    }
}
