/// A finished session on its way to one destination.
package struct SessionUpload: Sendable, Hashable {
    package enum State: Int, Sendable {
        case waiting = 0
        case uploaded = 1
        /// The service rejected it for good, or it cannot be uploaded.
        case setAside = 2
    }

    /// The session's name at every service.
    package let externalID: String
    /// The strap's name.
    package let strap: String
    /// From its first reading to its last one.
    package let ids: ClosedRange<Int64>
    package let destination: String
    package var state: State
    /// Whether a request was sent whose outcome is not known.
    package var isBegun: Bool
    /// Of the last change of ``state``, since the Unix epoch.
    package var atMilliseconds: Int64
    /// Why it is set aside.
    package var reason: String?
    /// The service's name for it.
    package var remoteID: String?

    package init(
        externalID: String, strap: String, ids: ClosedRange<Int64>, destination: String, state: State = .waiting,
        isBegun: Bool = false, atMilliseconds: Int64, reason: String? = nil, remoteID: String? = nil
    ) {
        self.externalID = externalID
        self.strap = strap
        self.ids = ids
        self.destination = destination
        self.state = state
        self.isBegun = isBegun
        self.atMilliseconds = atMilliseconds
        self.reason = reason
        self.remoteID = remoteID
    }

    /// The session's ID.
    package var id: Int64 { ids.lowerBound }
}

/// How many sessions one destination has in each state.
package struct SessionUploadCounts: Sendable, Hashable {
    package let destination: String
    package var waiting = 0
    package var uploaded = 0
    package var setAside = 0

    package init(destination: String, waiting: Int = 0, uploaded: Int = 0, setAside: Int = 0) {
        self.destination = destination
        self.waiting = waiting
        self.uploaded = uploaded
        self.setAside = setAside
    }
}

/// How far the search for finished sessions has come.
package struct SessionScan: Sendable, Equatable {
    /// No session that is not handled yet has a reading up to this one.
    package var throughID: Int64
    /// The last reading of the last handled session of each strap, by its name.
    package var handledThroughID: [String: Int64]

    package init(throughID: Int64 = 0, handledThroughID: [String: Int64] = [:]) {
        self.throughID = throughID
        self.handledThroughID = handledThroughID
    }
}
