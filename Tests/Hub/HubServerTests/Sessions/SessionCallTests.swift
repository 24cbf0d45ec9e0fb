import FoundationEssentials
import HeartRate
import HubAPI
import HubServer
import HubStore
import NIOHTTP1
import TestKit
import Testing

/// The hub's own calls for sessions.
@Suite(.timeLimit(.minutes(1)))
struct SessionCallTests {
    /// Writes a reading a second, with an RR interval each if wanted, past HTTP.
    private func wear(
        _ hub: TestHub, from start: Int64, seconds: Int64, rate: UInt16 = 100, intervals: [UInt16] = [], user: Int64 = 1
    ) async throws {
        try await hub.store.readings.append(
            (0..<seconds).map { second in
                DetailedReading(
                    measuredAtMilliseconds: start + second * 1000,
                    measurement: HeartRateMeasurement(
                        beatsPerMinute: rate, contact: .detected,
                        rrIntervals: intervals.isEmpty ? [] : [intervals[Int(second) % intervals.count]]))
            }, ofUser: user)
    }

    private func get<Answer: Decodable>(_ hub: TestHub, _ path: String, token: String) async throws -> Answer {
        let answer = try await hub.send(.GET, path, token: token)
        #expect(answer.status == 200, "\(path): \(answer.body)")
        return try JSONDecoder().decode(Answer.self, from: Data(answer.body.utf8))
    }

    private func status(_ hub: TestHub, _ path: String, token: String) async throws -> Int {
        try await hub.send(.GET, path, token: token).status
    }

    // MARK: Sessions

    @Test func sessions_areListed_newestFirst_pageByPage() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            _ = try await hub.addUser("Ben")
            let starts = (0..<5).map { hub.now - 86_400_000 + Int64($0) * 3_600_000 }
            for start in starts { try await wear(hub, from: start, seconds: 600, rate: 100, intervals: [614]) }
            try await wear(hub, from: hub.now - 60_000, seconds: 60)
            try await wear(hub, from: hub.now - 300_000, seconds: 300, user: 2)
            let first: HubSessionPage = try await get(hub, "\(HubSessionPage.path)?limit=3", token: anna)
            #expect(first.sessions.map(\.startMilliseconds) == [starts[4], starts[3], starts[2]])
            #expect(first.next == starts[2])
            let rest: HubSessionPage = try await get(
                hub, "\(HubSessionPage.path)?limit=3&before=\(starts[2])", token: anna)
            #expect(rest.sessions.map(\.startMilliseconds) == [starts[1], starts[0]])
            #expect(rest.next == nil)
            let session = try #require(rest.sessions.first)
            #expect(session.endMilliseconds == starts[1] + 599_000)
            #expect(session.readings == 600)
            #expect(session.intervals == 600)
            #expect([session.lowestBPM, session.highestBPM] == [100, 100])
            #expect(session.averageBPM == 100)
            #expect(!session.isRunning)
        }
    }

    @Test func session_runs_untilTenMinutesAfterItsLastReading() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await wear(hub, from: hub.now - 299_000, seconds: 300)
            func isRunning() async throws -> Bool? {
                let page: HubSessionPage = try await get(hub, HubSessionPage.path, token: anna)
                return page.sessions.first?.isRunning
            }
            #expect(try await isRunning() == true)
            hub.time.advance(milliseconds: 599_999)
            #expect(try await isRunning() == true)
            hub.time.advance(milliseconds: 1)
            #expect(try await isRunning() == false)
        }
    }

    @Test func session_hasACurve_theTimeInZones_andTheVariability() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let start = hub.now - 3_600_000
            let intervals: [UInt16] = [614, 624, 604, 634]
            try await wear(hub, from: start, seconds: 300, rate: 100, intervals: intervals)
            try await wear(hub, from: start + 300_000, seconds: 301, rate: 171, intervals: intervals)
            for moment in [start, start + 200_000, start + 600_000] {
                let detail: HubSessionDetail = try await get(
                    hub, "\(HubSessionPage.path)/\(moment)?points=60", token: anna)
                #expect(detail.session.startMilliseconds == start)
                #expect(detail.maximumHeartRate == 190)
                #expect(detail.zones.map(\.milliseconds) == [0, 300_000, 0, 0, 0, 300_000])
                #expect(detail.zones.map(\.fromBPM) == [0, 95, 114, 133, 152, 171])
                #expect(detail.zones.map(\.name) == ["rest", "very light", "light", "moderate", "hard", "maximum"])
                #expect(detail.resolutionSeconds == 11)
                #expect(detail.points.count <= 61)
                #expect(detail.points.map(\.count).reduce(0, +) == 601)
                #expect(!detail.isSummarized)
                let variability = try #require(detail.variability)
                #expect(variability.intervals == 601)
                #expect(variability.rmssd != nil)
            }
            let stronger: HubSessionDetail = try await get(
                hub, "\(HubSessionPage.path)/\(start)?max_heart_rate=250", token: anna)
            #expect(stronger.zones.map(\.milliseconds) == [300_000, 0, 300_000, 0, 0, 0])
        }
    }

    @Test func sessionWithoutIntervals_hasNoVariability_andNotZero() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            for second in 0..<200 {
                try await hub.write(90, at: hub.now - Int64(second) * 1000, token: anna)
            }
            let answer = try await hub.send(.GET, "\(HubSessionPage.path)/\(hub.now)", token: anna)
            #expect(answer.body.contains(#""hrv":null"#), "\(answer.body)")
            let noFile = try await hub.send(.GET, "\(HubSessionPage.path)/\(hub.now)/export?format=rr", token: anna)
            #expect(noFile.status == 404)
            #expect(noFile.body.contains("no RR intervals"))
        }
    }

    @Test func sessionOfMoreThanADay_isSummedUp() async throws {
        var limits = HubLimits()
        limits.sessionSeconds = 600
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let start = hub.now / 300_000 * 300_000 - 3_600_000
            try await wear(hub, from: start, seconds: 601, rate: 100, intervals: [614])
            let exact: HubSessionDetail = try await get(hub, "\(HubSessionPage.path)/\(start)", token: anna)
            #expect(!exact.isSummarized)
            try await wear(hub, from: start + 601_000, seconds: 599, rate: 100, intervals: [614])
            let detail: HubSessionDetail = try await get(hub, "\(HubSessionPage.path)/\(start)", token: anna)
            #expect(detail.isSummarized)
            #expect(detail.variability == nil)
            #expect(detail.zones.map(\.milliseconds) == [0, 1_200_000, 0, 0, 0, 0])
            #expect(detail.points.map(\.count) == [300, 300, 300, 300])
        }
    }

    @Test(arguments: [
        "/x", "/-1", "/1.5", "/9223372036854775807", "?limit=0", "?limit=101", "?before=x", "/0?points=0",
        "/0?points=2001", "/0?max_heart_rate=99", "/0?max_heart_rate=251", "/0/export?format=gpx", "/0/export?offset=x",
    ])
    func queryBeyondTheBounds_isRefused(query: String) async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let answer = try await hub.send(.GET, "\(HubSessionPage.path)\(query)", token: anna)
            #expect(answer.status == 400, "\(query): \(answer.body)")
        }
    }

    @Test func momentWithoutASession_isNotFound() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await wear(hub, from: hub.now - 3_600_000, seconds: 200)
            try await wear(hub, from: hub.now - 60_000, seconds: 60)
            for moment in [0, hub.now - 3_600_001, hub.now - 3_400_000, hub.now - 30_000] {
                #expect(try await status(hub, "\(HubSessionPage.path)/\(moment)", token: anna) == 404)
            }
            let none: HubSessionPage = try await get(hub, "\(HubSessionPage.path)?before=0", token: anna)
            #expect(none.sessions.isEmpty)
        }
    }

    // MARK: Scopes

    @Test func tokenWithoutStatistics_seesTheLastDay_andAWriterNothing() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let old = hub.now - 3 * 86_400_000
            try await wear(hub, from: old, seconds: 300, intervals: [614])
            try await wear(hub, from: hub.now - 3_600_000, seconds: 300, intervals: [614])
            for scope in ["data:heart_rate:read", "data:room:read"] {
                let token = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: [scope]).accessToken
                let page: HubSessionPage = try await get(hub, HubSessionPage.path, token: token)
                #expect(page.sessions.map(\.startMilliseconds) == [hub.now - 3_600_000])
                #expect(try await status(hub, "\(HubSessionPage.path)/\(old)", token: token) == 404)
                #expect(try await status(hub, "\(HubSessionPage.path)/\(old)/export", token: token) == 404)
                let calendar: HubCalendar = try await get(hub, HubCalendar.path, token: token)
                #expect(calendar.days.map(\.sessions) == [1])
            }
            let whole: HubSessionPage = try await get(hub, HubSessionPage.path, token: anna)
            #expect(whole.sessions.count == 2)
            let writer = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: ["data:heart_rate:write"])
            for path in [
                HubSessionPage.path, "\(HubSessionPage.path)/\(old)", "\(HubSessionPage.path)/\(old)/export",
                HubCalendar.path, HubMornings.path,
            ] {
                #expect(try await status(hub, path, token: writer.accessToken) == 401)
                #expect(try await hub.send(.GET, path).status == 401)
            }
        }
    }

    @Test func otherUsers_seeNothing_notEvenInTheSameRoom() async throws {
        try await TestHub.run { hub in
            _ = try await hub.addUser("Anna")
            let ben = try await hub.addUser("Ben").accessToken
            let roomID = try await hub.store.accounts.createRoom()
            for name in ["Anna", "Ben"] { try await hub.store.accounts.addMember(name, toRoom: roomID) }
            try await wear(hub, from: hub.now - 300_000, seconds: 300, intervals: [614])
            let page: HubSessionPage = try await get(hub, HubSessionPage.path, token: ben)
            #expect(page.sessions.isEmpty)
            #expect(try await status(hub, "\(HubSessionPage.path)/\(hub.now - 1000)", token: ben) == 404)
        }
    }

    // MARK: Days

    @Test func calendar_hasTheDaysOfTheUsersZone() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let midnight = hub.now / 86_400_000 * 86_400_000
            try await wear(hub, from: midnight - 1_800_000, seconds: 300, rate: 120)
            let query = "from=\(midnight - 86_400_000)&to=\(hub.now)"
            let utc: HubCalendar = try await get(hub, "\(HubCalendar.path)?\(query)", token: anna)
            let east: HubCalendar = try await get(hub, "\(HubCalendar.path)?\(query)&offset=60", token: anna)
            #expect(utc.days.map(\.minutes) == [5])
            #expect(utc.days.map(\.sessions) == [1])
            #expect(utc.days.map(\.averageBPM) == [120])
            #expect(east.days.count == 1)
            #expect(utc.days != east.days)
            for bad in ["from=2&to=1", "from=0&to=\(400 * 86_400_000)", "offset=x", "from=x"] {
                #expect(try await status(hub, "\(HubCalendar.path)?\(bad)", token: anna) == 400)
            }
        }
    }

    @Test func mornings_areTheCalmestFiveMinutes_withTheirVariability() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let midnight = hub.now / 86_400_000 * 86_400_000 - 86_400_000
            let five = midnight + 5 * 3_600_000
            // 20 ms up and down at 60 bpm: RMSSD is 20 · 1000 / 1024.
            try await wear(hub, from: five, seconds: 300, rate: 60, intervals: [1024, 1044])
            try await wear(hub, from: five + 300_000, seconds: 300, rate: 58)
            try await wear(hub, from: five + 600_000, seconds: 300, rate: 90, intervals: [683])
            let query = "from=\(midnight - 86_400_000)&to=\(midnight + 86_400_000)"
            let trend: HubMornings = try await get(hub, "\(HubMornings.path)?\(query)", token: anna)
            let morning = try #require(trend.mornings.first)
            #expect(trend.mornings.count == 1)
            #expect(morning.atMilliseconds == five)
            #expect(morning.averageBPM == 60)
            #expect(morning.variability.rmssd == 19.5)
            #expect(morning.variability.isReliable)
            let later: HubMornings = try await get(hub, "\(HubMornings.path)?\(query)&hours=6-10", token: anna)
            #expect(later.mornings.isEmpty)
            for bad in ["hours=10-4", "from=0&to=\(200 * 86_400_000)", "offset=99999"] {
                #expect(try await status(hub, "\(HubMornings.path)?\(bad)", token: anna) == 400)
            }
        }
    }

    // MARK: Profile

    @Test func maximumHeartRate_isSetByTheUsersOwnToken_andUsedForZones() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let overlay = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: ["data:heart_rate:read"])
            let path = HubProfile.path
            #expect(try await hub.send(.GET, path, token: anna).body == #"{"max_heart_rate":null}"#)
            let body = #"{"max_heart_rate":180}"#
            #expect(try await hub.send(.PUT, path, token: overlay.accessToken, body: body).status == 403)
            #expect(try await hub.send(.PUT, path, token: anna, body: body).body == body)
            #expect(try await hub.send(.GET, path, token: overlay.accessToken).body == body)
            try await wear(hub, from: hub.now - 300_000, seconds: 300)
            let detail: HubSessionDetail = try await get(hub, "\(HubSessionPage.path)/\(hub.now - 1000)", token: anna)
            #expect(detail.maximumHeartRate == 180)
            for bad in ["", "{", #"{"max_heart_rate":99}"#, #"{"max_heart_rate":251}"#, #"{"max_heart_rate":"180"}"#] {
                #expect(try await hub.send(.PUT, path, token: anna, body: bad).status == 400)
            }
            let none = #"{"max_heart_rate":null}"#
            #expect(try await hub.send(.PUT, path, token: anna, body: none).body == none)
            #expect(try await hub.send(.GET, path, token: anna).body == none)
        }
    }

    // MARK: Files

    @Test func files_ofASession_haveItsReadings_andAreTheSameEachTime() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let start: Int64 = hub.now / 86_400_000 * 86_400_000 - 3_600_000
            try await wear(hub, from: start, seconds: 200, intervals: [614, 624])
            func file(_ format: String) async throws -> TestHub.Answer {
                let path = "\(HubSessionPage.path)/\(start)/export?format=\(format)&offset=60"
                let answer = try await hub.send(.GET, path, token: anna)
                #expect(answer.status == 200)
                #expect(try await hub.send(.GET, path, token: anna).body == answer.body)
                return answer
            }
            let fit = try await file("fit")
            #expect(fit.headers.first(name: "Content-Type") == "application/octet-stream")
            #expect(fit.headers.first(name: "Content-Disposition")?.hasSuffix("-0000.fit\"") == true)
            let tcx = try await file("tcx")
            #expect(tcx.body.matches(of: /<Trackpoint>/).count == 200)
            let csv = try await file("csv").body.split(separator: "\n")
            #expect(csv.count == 201)
            #expect(csv.first == "measured_at,measured_at_ms,bpm,contact,rr_ms")
            #expect(csv.last?.hasSuffix(",\(start + 199_000),100,detected,609.4") == true)
            #expect(try await file("rr").body.split(separator: "\n").count == 200)
            #expect(try await file("hrv-logger").body.hasPrefix("date,rr,since start\n"))
            #expect(try await file("kubios").body.hasPrefix("0.600\t0.600\n"))
        }
    }

    @Test func fileOfTooManyReadings_isRefused() async throws {
        var limits = HubLimits()
        limits.exportedReadings = 100
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await wear(hub, from: hub.now - 300_000, seconds: 200)
            let answer = try await hub.send(.GET, "\(HubSessionPage.path)/\(hub.now - 299_000)/export", token: anna)
            #expect(answer.status == 400)
            #expect(answer.body.contains("200 readings"))
        }
    }
}
