import FoundationEssentials
import HTTPTypes
import HeartRate
import HubAPI
import HubStore
import NIOCore
import Recordings
import Timing

/// The calls of the hub's own for sessions: those of the token's user alone.
struct SessionCalls: Sendable {
    private static let usualSessions: Int64 = 20
    private static let usualPoints: Int64 = 400
    private static let dayMilliseconds: Int64 = 86_400_000

    private let store: HubStore
    private let limits: HubLimits
    private let queue: HistoryQueue

    init(store: HubStore, limits: HubLimits, queue: HistoryQueue) {
        self.store = store
        self.limits = limits
        self.queue = queue
    }

    private var now: Int64 { store.time.now().wallMilliseconds }

    // MARK: Sessions

    /// `GET /api/hub/v1/sessions?before=…&limit=…`
    func sessions(_ target: RequestTarget, _ grant: AccessGrant) async throws -> HubResponse {
        let now = now
        let earliest = try grant.historyBeginning(limits, now: now)
        let before = try target.number("before") ?? RequestTarget.times.upperBound
        let limit = try target.number("limit", in: 1...limits.sessionsPerPage) ?? Self.usualSessions
        let page = try await queue.taking(grant) {
            try await store.sessions.sessions(
                ofUser: grant.user.id, before: before, from: earliest, limit: Int(limit))
        }
        return .json(HubSessionPage(sessions: page.sessions.map { HubSession($0, now: now) }, next: page.next))
    }

    /// `GET /api/hub/v1/sessions/{at}?max_heart_rate=…&points=…`
    func session(_ target: RequestTarget, _ grant: AccessGrant) async throws -> HubResponse {
        let now = now
        let points = try target.number("points", in: 1...limits.historyPoints) ?? Self.usualPoints
        let asked = try target.number("max_heart_rate", in: Self.maximums)
        return try await queue.taking(grant) {
            let session = try await session(target, grant, now: now)
            let own = try await store.sessions.maximumHeartRate(ofUser: grant.user.id)
            let zones = HeartRateZones(maximum: asked.map { Int($0) } ?? own ?? HeartRateZones.usualMaximum)
            let time = session.startMilliseconds..<session.endMilliseconds + 1
            let isShort =
                session.lengthMilliseconds <= limits.sessionSeconds * 1000
                && session.readings <= limits.exportedReadings && session.intervals <= limits.sessionIntervals
            let answer =
                if isShort {
                    try await detail(session, time, zones, points: points, grant, now: now)
                } else {
                    try await summary(session, time, zones, points: points, grant, now: now)
                }
            return .json(answer)
        }
    }

    private static let maximums =
        Int64(HeartRateZones.maximums.lowerBound)...Int64(HeartRateZones.maximums.upperBound)

    /// - Throws: 404.
    private func session(
        _ target: RequestTarget, _ grant: AccessGrant, now: Int64
    ) async throws -> SlotSession {
        let earliest = try grant.historyBeginning(limits, now: now)
        // /api/hub/v1/sessions/{at}
        guard target.segments.count > 4, let moment = Int64(target.segments[4]), RequestTarget.times.contains(moment)
        else { throw HubHTTPError(.badRequest, "a session is named by a time in milliseconds") }
        guard let session = try await store.sessions.session(ofUser: grant.user.id, at: moment, from: earliest) else {
            throw HubHTTPError(.notFound, "there is no session at this time")
        }
        return session
    }

    private func detail(
        _ session: SlotSession, _ time: Range<Int64>, _ zones: HeartRateZones, points: Int64, _ grant: AccessGrant,
        now: Int64
    ) async throws -> HubSessionDetail {
        let userID = grant.user.id
        let seconds = session.lengthMilliseconds / 1000 + 1
        let resolution = max(1, (seconds + points - 1) / points)
        let variability: HubVariability?
        if session.intervals > 0 {
            let readings = try await store.sessions.readings(ofUser: userID, time, limit: limits.exportedReadings)
            variability = HubVariability(Recording(readings, ofUser: grant.user))
        } else {
            variability = nil
        }
        return HubSessionDetail(
            session: HubSession(session, now: now), maximumHeartRate: zones.maximum,
            zones: zones.answer(try await store.sessions.rateTimes(ofUser: userID, time)),
            resolutionSeconds: resolution,
            points: try await store.readings.points(ofUser: userID, time, resolutionSeconds: resolution),
            variability: variability, isSummarized: false)
    }

    /// Of a session that is too long to be read, or has more readings or RR intervals than one strap sends.
    private func summary(
        _ session: SlotSession, _ time: Range<Int64>, _ zones: HeartRateZones, points: Int64, _ grant: AccessGrant,
        now: Int64
    ) async throws -> HubSessionDetail {
        let slots = try await store.sessions.slots(ofUser: grant.user.id, time)
        let curve = SlotCurve(slots, points: points)
        return HubSessionDetail(
            session: HubSession(session, now: now), maximumHeartRate: zones.maximum,
            zones: zones.answer(curve.rateTimes), resolutionSeconds: curve.resolutionSeconds, points: curve.points,
            variability: nil, isSummarized: true)
    }

    // MARK: Files

    /// `GET /api/hub/v1/sessions/{at}/export?format=…&offset=…`
    func export(_ target: RequestTarget, _ grant: AccessGrant) async throws -> HubResponse {
        let name = target.query("format") ?? SessionDownload.fit.rawValue
        guard let format = SessionDownload(rawValue: name) else {
            let known = SessionDownload.allCases.map(\.rawValue).joined(separator: ", ")
            throw HubHTTPError(.badRequest, "format must be one of \(known)")
        }
        let offsets = try offsets(target)
        let now = now
        return try await queue.taking(grant) {
            let session = try await session(target, grant, now: now)
            guard session.readings <= limits.exportedReadings else {
                throw HubHTTPError(
                    .badRequest,
                    "the session has \(session.readings) readings; a file has at most \(limits.exportedReadings)")
            }
            guard session.intervals <= limits.sessionIntervals else {
                throw HubHTTPError(
                    .badRequest,
                    "the session has \(session.intervals) RR intervals; a file has at most \(limits.sessionIntervals)")
            }
            let readings = try await store.sessions.readings(
                ofUser: grant.user.id, session.startMilliseconds..<session.endMilliseconds + 1,
                limit: limits.exportedReadings)
            guard let bytes = format.bytes(of: readings, user: grant.user, offsets) else {
                throw HubHTTPError(
                    .notFound,
                    format == .fit || format == .tcx
                        ? "this session has no heart rate from 1 to 254 bpm"
                        : "there are no RR intervals in this session")
            }
            return HubResponse(
                status: .ok,
                fields: [
                    .contentType: format.contentType,
                    .contentDisposition:
                        "attachment; filename=\"\(format.fileName(of: session.startMilliseconds, offsets))\"",
                ], body: ByteBuffer(bytes: bytes))
        }
    }

    // MARK: Days

    /// `GET /api/hub/v1/calendar?from=…&to=…&offset=…`
    func calendar(_ target: RequestTarget, _ grant: AccessGrant) async throws -> HubResponse {
        let offsets = try offsets(target)
        let time = try time(target, days: limits.calendarDays, grant)
        let earliest = try grant.historyBeginning(limits, now: now)
        return try await queue.taking(grant) {
            var builder = CalendarBuilder(offsets)
            // A session that goes on from the time before does not begin in this one. One that has just begun at the
            // end becomes long enough after it.
            let margin = SessionRule.gapMilliseconds + ReadingSlot.milliseconds
            let around = max(earliest, time.lowerBound - margin)..<time.upperBound + margin
            for slot in try await store.sessions.slots(ofUser: grant.user.id, around) {
                builder.take(slot, isCounted: time.contains(slot.startMilliseconds))
            }
            return .json(builder.calendar())
        }
    }

    /// `GET /api/hub/v1/hrv?from=…&to=…&offset=…&hours=4-10`
    func mornings(_ target: RequestTarget, _ grant: AccessGrant) async throws -> HubResponse {
        let offsets = try offsets(target)
        let time = try time(target, days: limits.morningDays, grant)
        guard let window = target.query("hours").map(MorningWindow.init) ?? .usual else {
            throw HubHTTPError(.badRequest, "hours must be two hours of a day, such as 4-10")
        }
        return try await queue.taking(grant) {
            let slots = try await store.sessions.slots(ofUser: grant.user.id, time)
            let calmest = window.calmest(of: slots, offsets)
            let readings = try await store.sessions.readings(
                ofUser: grant.user.id,
                calmest.map { $0.startMilliseconds..<$0.startMilliseconds + ReadingSlot.milliseconds })
            let mornings = zip(calmest, readings).compactMap { slot, readings in
                HubVariability(Recording(readings, ofUser: grant.user)).map { variability in
                    HubMornings.Morning(
                        date: LocalOffsets.date(ofDay: offsets.day(at: slot.startMilliseconds)),
                        atMilliseconds: slot.startMilliseconds, averageBPM: slot.averageRate,
                        variability: variability)
                }
            }
            return .json(HubMornings(mornings: mornings))
        }
    }

    /// From `from` to `to`, as far as the token may see it.
    /// - Throws: 400 for a time that is too long.
    private func time(
        _ target: RequestTarget, days: Int64, _ grant: AccessGrant
    ) throws(HubHTTPError) -> Range<Int64> {
        let now = now
        let to = try target.number("to") ?? (now + limits.futureMilliseconds)
        let from = try target.number("from") ?? max(0, min(to, now) - days * Self.dayMilliseconds)
        guard from < to, to - from <= days * Self.dayMilliseconds + limits.futureMilliseconds else {
            throw HubHTTPError(.badRequest, "from must be before to, and at most \(days) days before")
        }
        let beginning = max(from, try grant.historyBeginning(limits, now: now))
        return beginning..<max(beginning, to)
    }

    private func offsets(_ target: RequestTarget) throws(HubHTTPError) -> LocalOffsets {
        guard let text = target.query("offset") else { return .utc }
        guard let offsets = LocalOffsets(text) else {
            throw HubHTTPError(
                .badRequest, "offset is in minutes east of UTC, such as 60 or 60,1774746000000:120 with a change")
        }
        return offsets
    }

    // MARK: Profile

    /// `GET /api/hub/v1/profile`
    func profile(_ grant: AccessGrant) async throws -> HubResponse {
        .json(HubProfile(maximumHeartRate: try await store.sessions.maximumHeartRate(ofUser: grant.user.id)))
    }

    /// `PUT /api/hub/v1/profile`, with the user's own token: the right to allow programs shows that it is one. An
    /// overlay's token is in an address.
    func setProfile(_ body: ByteBuffer, _ grant: AccessGrant) async throws -> HubResponse {
        guard let profile = try? JSONDecoder().decode(HubProfile.self, from: Data(body.readableBytesView)),
            profile.maximumHeartRate.map({ HeartRateZones.maximums.contains($0) }) ?? true
        else {
            let range = HeartRateZones.maximums
            throw HubHTTPError(
                .badRequest,
                "the body must be JSON like {\"max_heart_rate\": 185}, from \(range.lowerBound) to "
                    + "\(range.upperBound), or null")
        }
        let isChanged = try await store.sessions.setMaximumHeartRate(
            profile.maximumHeartRate, ofUser: grant.user.id, by: grant.token.hash)
        guard isChanged else {
            throw HubHTTPError(
                .forbidden, "this token cannot change the profile: it needs the right to allow programs")
        }
        return .json(profile)
    }
}
