import HTTPTypes
import HubAPI
import HubStore
import PulsoidAPI
import TextFormats
import Timing

/// Statistics, and the hub's own calls for its web page: rooms and past readings.
struct HistoryCalls: Sendable {
    private let store: HubStore
    private let limits: HubLimits
    private let queue: HistoryQueue

    init(store: HubStore, limits: HubLimits, queue: HistoryQueue) {
        self.store = store
        self.limits = limits
        self.queue = queue
    }

    func rooms(_ grant: AccessGrant) -> HubResponse {
        .json(RoomsAnswer(ofUser: grant.user.id, in: store.database.directory))
    }

    /// `GET /api/hub/v1/members/{member}`: a member by name or profile, for overlays. Other users than the own need the
    /// scope for rooms.
    ///
    /// - Throws: 404 for a member that the token may not see, or that does not exist.
    func member(_ target: RequestTarget, _ grant: AccessGrant) throws(HubHTTPError) -> HubResponse {
        let name = target.segments.last ?? ""
        let directory = store.database.directory
        var candidates = [(user: grant.user, name: nil as String?)]
        if grant.token.grants(PulsoidScope.roomRead.rawValue) {
            for roomID in directory.roomIDs(ofUser: grant.user.id).sorted() {
                let members = directory.rooms[roomID]?.members.values.sorted { $0.user.id < $1.user.id } ?? []
                candidates += members.map { ($0.user, RoomReference.name(in: $0.config)) }
            }
        }
        let found =
            candidates.first { $0.user.profileID == name || $0.user.name == name }
            ?? candidates.first { [$0.user.name, $0.name].contains { $0?.lowercased() == name.lowercased() } }
        guard let found else { throw HubHTTPError(.notFound, "no member called \(name.printable(scalars: 64))") }
        return .json(RoomsAnswer.Member(profileID: found.user.profileID, name: found.user.name, config: .object([:])))
    }

    func readings(_ target: RequestTarget, _ grant: AccessGrant) async throws -> HubResponse {
        let now = store.time.now().wallMilliseconds
        let query = try ReadingsQuery(target, limits: limits, now: now)
        let (user, earliest) = try owner(of: query.profileID, for: grant, now: now)
        // The answer begins where the token may see, without an error: it does not show that there is more.
        let from = max(query.fromMilliseconds, earliest)
        let to = max(query.toMilliseconds, from)
        let points = try await queue.taking(grant) {
            try await store.readings.points(
                ofUser: user.id, from..<to, resolutionSeconds: query.resolutionSeconds)
        }
        return .json(
            ReadingHistory(
                profileID: user.profileID, fromMilliseconds: from, toMilliseconds: to,
                resolutionSeconds: query.resolutionSeconds, points: points))
    }

    /// The owner of a history that a token may see, and its beginning in milliseconds since the Unix epoch.
    ///
    /// The last day (``HubLimits/roomHistorySeconds``) is for every token that may follow the future: its own user's,
    /// with a scope for heart rate or rooms, and that of the members of its user's rooms, with a scope for rooms. The
    /// whole history is for tokens with the scope for statistics, the own user's only.
    ///
    /// - Throws: 401 without the scope; 403 for a profile that is in none of these rooms, or does not exist.
    private func owner(
        of profileID: String?, for grant: AccessGrant, now: Int64
    ) throws(HubHTTPError) -> (owner: User, fromMilliseconds: Int64) {
        guard let profileID, profileID != grant.user.profileID else {
            return (grant.user, try grant.historyBeginning(limits, now: now))
        }
        guard grant.token.grants(PulsoidScope.roomRead.rawValue) else { throw HubHTTPError(.insufficientScope) }
        let lastDay = now - limits.roomHistorySeconds * 1000
        let directory = store.database.directory
        for roomID in directory.roomIDs(ofUser: grant.user.id) {
            let members = directory.rooms[roomID]?.members.values.lazy
            if let member = members?.first(where: { $0.user.profileID == profileID }) { return (member.user, lastDay) }
        }
        throw HubHTTPError(.forbidden, "not a member of a room of this token's user")
    }

    func statistics(_ target: RequestTarget, _ grant: AccessGrant) async throws -> HubResponse {
        let name = target.query(PulsoidPath.Query.timeRange) ?? StatisticsRange.day.rawValue
        guard let range = StatisticsRange(rawValue: name) else {
            let known = StatisticsRange.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubHTTPError(.badRequest, "time_range must be one of \(known)")
        }
        let statistics = try await queue.taking(grant) {
            try await store.readings.statistics(ofUser: grant.user.id, over: range)
        }
        // Zeros, not an error: a user without readings is no failure of the client.
        return .json(
            statistics
                ?? HeartRateStatistics(
                    maximumBeatsPerMinute: 0, minimumBeatsPerMinute: 0, averageBeatsPerMinute: 0,
                    streamedDurationInSeconds: 0, caloriesBurnedInKilocalories: 0))
    }
}
