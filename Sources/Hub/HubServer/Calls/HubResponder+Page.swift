import HTTPTypes
import HubAPI
import HubStore
import PulsoidAPI
import Timing

/// The hub's own calls, which its web page is made of.
extension HubResponder {
    func rooms(_ grant: Access.Grant) -> HubResponse {
        .json(RoomsAnswer(ofUser: grant.user.id, in: store.directory))
    }

    func readings(_ target: RequestTarget, _ grant: Access.Grant) async throws -> HubResponse {
        let now = store.time.now().wallMilliseconds
        let query = try ReadingsQuery(target, limits: limits, now: now)
        let access = Access(directory: store.directory, now: now)
        let (user, earliest) = try access.history(query.profileID, for: grant, limits: limits)
        // What a token may not see ends early, without an error: that there is more is nobody's business.
        let from = max(query.fromMilliseconds, earliest)
        let to = max(query.toMilliseconds, from)
        let points = try await histories.taking(grant) {
            try await store.points(
                ofUser: user.id, fromMilliseconds: from, toMilliseconds: to,
                resolutionSeconds: query.resolutionSeconds)
        }
        return .json(
            ReadingHistory(
                profileID: user.profileID, fromMilliseconds: from, toMilliseconds: to,
                resolutionSeconds: query.resolutionSeconds, points: points))
    }
}

extension Access {
    /// Whose history a token may see, and from when on, in milliseconds since the Unix epoch.
    ///
    /// The last day (``HubLimits/roomHistorySeconds``) is for every token that may follow what comes next: its own user's,
    /// as a reader of heart rate or of rooms, and that of the members of its user's rooms, as a reader of rooms. All of
    /// it, the user's own alone, is for readers of statistics.
    ///
    /// - Throws: 401 without the scope; 403 for a profile that is in none of these rooms, or that there is none of.
    func history(
        _ profileID: String?, for grant: Grant, limits: HubLimits
    ) throws(Failure) -> (owner: User, fromMilliseconds: Int64) {
        let lastDay = now - limits.roomHistorySeconds * 1000
        func grants(_ scope: PulsoidScope) -> Bool { grant.token.grants(scope.rawValue) }
        guard let profileID, profileID != grant.user.profileID else {
            if grants(.statisticsRead) { return (grant.user, 0) }
            guard grants(.heartRateRead) || grants(.roomRead) else { throw Failure(.insufficientScope) }
            return (grant.user, lastDay)
        }
        guard grants(.roomRead) else { throw Failure(.insufficientScope) }
        for roomID in directory.roomIDs(ofUser: grant.user.id) {
            let members = directory.rooms[roomID]?.members.values.lazy
            if let member = members?.first(where: { $0.user.profileID == profileID }) { return (member.user, lastDay) }
        }
        throw Failure(.forbidden, "not a member of a room of this token's user")
    }
}
