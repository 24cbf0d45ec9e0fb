package import Delivery
package import Outbox
package import Timing

/// How it stands with one destination of one strap.
package struct DestinationReport: Codable, Equatable, Sendable {
    package var strap: String
    package var destination: String
    /// `delivering`, `retrying` or `paused`; left out while no uploader runs.
    package var state: String?
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
        strap: String, destination: String, state: String? = nil, lastSuccessAge: Int64? = nil,
        lastError: String? = nil, lastErrorAge: Int64? = nil, waiting: Int? = nil, setAside: Int? = nil,
        tooOld: Int? = nil
    ) {
        self.strap = strap
        self.destination = destination
        self.state = state
        self.lastSuccessAge = lastSuccessAge
        self.lastError = lastError
        self.lastErrorAge = lastErrorAge
        self.waiting = waiting
        self.setAside = setAside
        self.tooOld = tooOld
    }

    enum CodingKeys: String, CodingKey {
        case strap, destination, state, waiting
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
            lastSuccessAge: age(status.lastSuccessAtBootMilliseconds),
            lastError: status.lastError.map { String($0.prefix(Self.errorCharacters)) },
            lastErrorAge: age(status.lastErrorAtBootMilliseconds))
    }
}
