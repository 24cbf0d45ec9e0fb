import Delivery
import Outbox
import Timing

/// How it stands with one destination of one strap.
struct DestinationReport: Codable, Equatable, Sendable {
    var strap: String
    var destination: String
    /// `delivering`, `retrying` or `paused`; left out while no uploader runs.
    var state: String?
    var lastSuccessAge: Int64?
    var lastError: String?
    var lastErrorAge: Int64?
    /// Readings that are still to be uploaded.
    var waiting: Int?
    /// Readings that the service refused for good.
    var setAside: Int?
    /// Readings that were not sent because of their age.
    var tooOld: Int?

    enum CodingKeys: String, CodingKey {
        case strap, destination, state, waiting
        case lastSuccessAge = "last_success_age_ms"
        case lastError = "last_error"
        case lastErrorAge = "last_error_age_ms"
        case setAside = "set_aside"
        case tooOld = "too_old"
    }

    var lane: Lane { Lane(strap: strap, destination: destination) }
}

extension DestinationReport {
    /// A service may answer with a page; its beginning says what there is to say.
    private static let errorCharacters = 500

    init(_ status: DeliveryStatus, at now: Moment) {
        func age(_ milliseconds: Int64?) -> Int64? { milliseconds.map { max(0, now.bootMilliseconds - $0) } }
        self.init(
            strap: status.lane.strap, destination: status.lane.destination, state: status.state.rawValue,
            lastSuccessAge: age(status.lastSuccessAtBootMilliseconds),
            lastError: status.lastError.map { String($0.prefix(Self.errorCharacters)) },
            lastErrorAge: age(status.lastErrorAtBootMilliseconds))
    }
}
