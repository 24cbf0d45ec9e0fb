package import Outbox
package import SessionUploads
package import Timing

/// How it stands with the uploads of sessions to one place.
package struct SessionUploadReport: Codable, Equatable, Sendable {
    package var destination: String
    /// Left out while no uploader runs.
    package var service: String?
    /// Left out if the sessions of all straps are uploaded.
    package var strap: String?
    /// A `SessionUploadStatus.State`; left out while no uploader runs.
    package var state: String?
    package var stateAge: Int64?
    /// Why it is in this state, and the fix.
    package var reason: String?
    package var lastSuccessAge: Int64?
    package var waiting: Int
    package var uploaded: Int
    package var setAside: Int

    package init(
        destination: String, service: String? = nil, strap: String? = nil, state: String? = nil,
        stateAge: Int64? = nil, reason: String? = nil, lastSuccessAge: Int64? = nil, waiting: Int = 0,
        uploaded: Int = 0, setAside: Int = 0
    ) {
        self.destination = destination
        self.service = service
        self.strap = strap
        self.state = state
        self.stateAge = stateAge
        self.reason = reason
        self.lastSuccessAge = lastSuccessAge
        self.waiting = waiting
        self.uploaded = uploaded
        self.setAside = setAside
    }

    enum CodingKeys: String, CodingKey {
        case destination, service, strap, state, reason, waiting, uploaded
        case stateAge = "state_age_ms"
        case lastSuccessAge = "last_success_age_ms"
        case setAside = "set_aside"
    }
}

extension SessionUploadReport {
    /// A service may answer with a page; its beginning says what there is to say.
    private static let reasonCharacters = 500

    package init(_ status: SessionUploadStatus, at now: Moment) {
        func age(_ milliseconds: Int64) -> Int64 { max(0, now.bootMilliseconds - milliseconds) }
        self.init(
            destination: status.destination, service: status.service, strap: status.strap,
            state: status.state.rawValue, stateAge: status.sinceBootMilliseconds.map(age),
            reason: status.reason.map { String($0.prefix(Self.reasonCharacters)) },
            lastSuccessAge: status.lastSuccessAtBootMilliseconds.map(age), waiting: status.waiting,
            uploaded: status.uploaded, setAside: status.setAside)
    }
}

extension StatusReport {
    /// Adds the uploads that the outbox knows.
    package mutating func add(_ counts: [SessionUploadCounts]) {
        for count in counts {
            if let place = sessionUploads.firstIndex(where: { $0.destination == count.destination }) {
                sessionUploads[place].waiting = count.waiting
                sessionUploads[place].uploaded = count.uploaded
                sessionUploads[place].setAside = count.setAside
            } else if !isRunning {
                sessionUploads.append(
                    SessionUploadReport(
                        destination: count.destination, waiting: count.waiting, uploaded: count.uploaded,
                        setAside: count.setAside))
            }
        }
    }
}
