import HubAPI
import HubServer
import HubStore
import NIOHTTP1
import TestKit
import Testing

/// The hub's own calls for sessions.
@Suite(.timeLimit(.minutes(10)))
struct SessionCallTests {
    private func status(_ hub: TestHub, _ path: String, token: String) async throws -> Int {
        try await hub.send(.GET, path, token: token).status
    }

    // MARK: Sessions

    @Test func sessions_areListed_newestFirst_pageByPage() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            _ = try await hub.addUser("Ben")
            let starts = (0..<5).map { hub.now - 86_400_000 + Int64($0) * 3_600_000 }
            for start in starts { try await hub.wear(from: start, seconds: 600, rate: 100, intervals: [614]) }
            try await hub.wear(from: hub.now - 60_000, seconds: 60)
            try await hub.wear(from: hub.now - 300_000, seconds: 300, user: 2)
            let first: HubSessionPage = try await hub.read("\(HubSessionPage.path)?limit=3", token: anna)
            #expect(first.sessions.map(\.startMilliseconds) == [starts[4], starts[3], starts[2]])
            #expect(first.next == starts[2])
            let rest: HubSessionPage = try await hub.read(
                "\(HubSessionPage.path)?limit=3&before=\(starts[2])", token: anna)
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

    @Test func session_acrossTheMidnightOfBefore_isWhole() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let midnight = hub.now / 86_400_000 * 86_400_000 - 86_400_000
            try await hub.wear(from: midnight - 7_200_000, seconds: 200)
            // One minute of it is before midnight.
            let start = midnight - 60_000
            try await hub.wear(from: start, seconds: 1200, rate: 150)
            func listed(before: Int64, limit: Int = 20) async throws -> [HubSession] {
                let path = "\(HubSessionPage.path)?before=\(before)&limit=\(limit)"
                let page: HubSessionPage = try await hub.read(path, token: anna)
                return page.sessions
            }
            for before in [midnight, start + 1, start + 299_999, midnight + 3_600_000] {
                let sessions = try await listed(before: before)
                #expect(sessions.map(\.startMilliseconds) == [start, midnight - 7_200_000], "\(before - midnight)")
                #expect(sessions.map(\.readings) == [1200, 200])
            }
            // The `next` of a page begins after its last session.
            #expect(try await listed(before: start).map(\.readings) == [200])
            #expect(try await listed(before: midnight, limit: 1).map(\.readings) == [1200])
        }
    }

    @Test func session_runs_untilTenMinutesAfterItsLastReading() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await hub.wear(from: hub.now - 299_000, seconds: 300)
            func isRunning() async throws -> Bool? {
                let page: HubSessionPage = try await hub.read(HubSessionPage.path, token: anna)
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
            try await hub.wear(from: start, seconds: 300, rate: 100, intervals: intervals)
            try await hub.wear(from: start + 300_000, seconds: 301, rate: 171, intervals: intervals)
            for moment in [start, start + 200_000, start + 600_000] {
                let detail: HubSessionDetail = try await hub.read(
                    "\(HubSessionPage.path)/\(moment)?points=60", token: anna)
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
            let stronger: HubSessionDetail = try await hub.read(
                "\(HubSessionPage.path)/\(start)?max_heart_rate=250", token: anna)
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

    @Test func sessionWithoutAnyRateOfAFile_saysSo() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await hub.wear(from: hub.now - 600_000, seconds: 300, rate: 255, intervals: [614])
            for (format, status) in [("fit", 404), ("tcx", 404), ("rr", 200)] {
                let path = "\(HubSessionPage.path)/\(hub.now - 400_000)/export?format=\(format)"
                let answer = try await hub.send(.GET, path, token: anna)
                #expect(answer.status == status, "\(answer.body)")
                #expect(answer.body.contains("no heart rate from 1 to 254 bpm") == (status == 404))
            }
        }
    }

    @Test func sessionOfMoreThanADay_isSummedUp() async throws {
        var limits = HubLimits()
        limits.sessionSeconds = 600
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let start = hub.now / 300_000 * 300_000 - 3_600_000
            try await hub.wear(from: start, seconds: 601, rate: 100, intervals: [614])
            let exact: HubSessionDetail = try await hub.read("\(HubSessionPage.path)/\(start)", token: anna)
            #expect(!exact.isSummarized)
            try await hub.wear(from: start + 601_000, seconds: 599, rate: 100, intervals: [614])
            let detail: HubSessionDetail = try await hub.read("\(HubSessionPage.path)/\(start)", token: anna)
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
            try await hub.wear(from: hub.now - 3_600_000, seconds: 200)
            try await hub.wear(from: hub.now - 60_000, seconds: 60)
            for moment in [0, hub.now - 3_600_001, hub.now - 3_400_000, hub.now - 30_000] {
                #expect(try await status(hub, "\(HubSessionPage.path)/\(moment)", token: anna) == 404)
            }
            let none: HubSessionPage = try await hub.read("\(HubSessionPage.path)?before=0", token: anna)
            #expect(none.sessions.isEmpty)
        }
    }

    // MARK: Scopes

    @Test func tokenWithoutStatistics_seesTheLastDay_andAWriterNothing() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let old = hub.now - 3 * 86_400_000
            try await hub.wear(from: old, seconds: 300, intervals: [614])
            try await hub.wear(from: hub.now - 3_600_000, seconds: 300, intervals: [614])
            for scope in ["data:heart_rate:read", "data:room:read"] {
                let token = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: [scope]).accessToken
                let page: HubSessionPage = try await hub.read(HubSessionPage.path, token: token)
                #expect(page.sessions.map(\.startMilliseconds) == [hub.now - 3_600_000])
                #expect(try await status(hub, "\(HubSessionPage.path)/\(old)", token: token) == 404)
                #expect(try await status(hub, "\(HubSessionPage.path)/\(old)/export", token: token) == 404)
                let calendar: HubCalendar = try await hub.read(HubCalendar.path, token: token)
                #expect(calendar.days.map(\.sessions) == [1])
            }
            let whole: HubSessionPage = try await hub.read(HubSessionPage.path, token: anna)
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
            try await hub.wear(from: hub.now - 300_000, seconds: 300, intervals: [614])
            let page: HubSessionPage = try await hub.read(HubSessionPage.path, token: ben)
            #expect(page.sessions.isEmpty)
            #expect(try await status(hub, "\(HubSessionPage.path)/\(hub.now - 1000)", token: ben) == 404)
        }
    }

    // MARK: Days

    @Test func calendar_hasTheDaysOfTheUsersZone() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let midnight = hub.now / 86_400_000 * 86_400_000
            try await hub.wear(from: midnight - 1_800_000, seconds: 300, rate: 120)
            let query = "from=\(midnight - 86_400_000)&to=\(hub.now)"
            let utc: HubCalendar = try await hub.read("\(HubCalendar.path)?\(query)", token: anna)
            let east: HubCalendar = try await hub.read("\(HubCalendar.path)?\(query)&offset=60", token: anna)
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

    @Test func session_acrossMidnight_isOneOfTheDayOnWhichItBegan() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let midnight = hub.now / 86_400_000 * 86_400_000 - 86_400_000
            try await hub.wear(from: midnight - 60_000, seconds: 1200)
            let times = [(midnight - 86_400_000, midnight), (midnight, midnight + 86_400_000)]
            var days: [HubCalendar.Day] = []
            for (from, to) in times {
                let calendar: HubCalendar = try await hub.read("\(HubCalendar.path)?from=\(from)&to=\(to)", token: anna)
                days += calendar.days
            }
            #expect(days.map(\.sessions) == [1, 0])
            #expect(days.map(\.minutes) == [1, 19])
        }
    }

    @Test func mornings_areTheCalmestFiveMinutes_withTheirVariability() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let midnight = hub.now / 86_400_000 * 86_400_000 - 86_400_000
            let five = midnight + 5 * 3_600_000
            // 20 ms up and down at 60 bpm: RMSSD is 20 · 1000 / 1024.
            try await hub.wear(from: five, seconds: 300, rate: 60, intervals: [1024, 1044])
            try await hub.wear(from: five + 300_000, seconds: 300, rate: 58)
            try await hub.wear(from: five + 600_000, seconds: 300, rate: 90, intervals: [683])
            let query = "from=\(midnight - 86_400_000)&to=\(midnight + 86_400_000)"
            let trend: HubMornings = try await hub.read("\(HubMornings.path)?\(query)", token: anna)
            let morning = try #require(trend.mornings.first)
            #expect(trend.mornings.count == 1)
            #expect(morning.atMilliseconds == five)
            #expect(morning.averageBPM == 60)
            #expect(morning.variability.rmssd == 19.5)
            #expect(morning.variability.isReliable)
            let later: HubMornings = try await hub.read("\(HubMornings.path)?\(query)&hours=6-10", token: anna)
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
            try await hub.wear(from: hub.now - 300_000, seconds: 300)
            let detail: HubSessionDetail = try await hub.read("\(HubSessionPage.path)/\(hub.now - 1000)", token: anna)
            #expect(detail.maximumHeartRate == 180)
            // A misspelt member must not delete the value.
            let values = ["99", "251", #""180""#].map { #"{"max_heart_rate":\#($0)}"# }
            for bad in ["", "{", "{}", #"{"max_hr":180}"#] + values {
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
            try await hub.wear(from: start, seconds: 200, intervals: [614, 624])
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

    @Test func intervalsInAnotherUnit_areMarked_andNotCorrected() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            // 600 ms at 100 bpm, and 614/1024 s.
            for (hours, interval, isMarked) in [(1, 600, true), (2, 614, nil)] as [(Int64, UInt16, Bool?)] {
                let start = hub.now - hours * 3_600_000
                try await hub.wear(from: start, seconds: 300, rate: 100, intervals: [interval, interval + 1])
                let path = "\(HubSessionPage.path)/\(start)"
                let detail: HubSessionDetail = try await hub.read(path, token: anna)
                #expect(detail.variability?.mayBeMilliseconds == isMarked)
                #expect(detail.variability?.rmssd == 1)
                let body = try await hub.send(.GET, path, token: anna).body
                #expect(body.contains("rr_may_be_ms") == (isMarked == true))
            }
        }
    }
}
