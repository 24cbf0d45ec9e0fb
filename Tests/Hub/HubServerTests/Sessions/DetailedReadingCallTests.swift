import FoundationEssentials
import HeartRate
import HubAPI
import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// `POST /api/v1/strapline/readings`
@Suite(.timeLimit(.minutes(10)))
struct DetailedReadingCallTests {
    private func body(_ readings: [(at: Int64, rate: UInt16, contact: SensorContact, intervals: [UInt16])]) -> String {
        DetailedReadings(
            readings.map { reading in
                DetailedReading(
                    measuredAtMilliseconds: reading.at,
                    measurement: HeartRateMeasurement(
                        beatsPerMinute: reading.rate, contact: reading.contact, rrIntervals: reading.intervals))
            }
        ).text
    }

    private func stored(_ hub: TestHub, ofUser userID: Int64 = 1) async throws -> [DetailedReading] {
        try await hub.store.sessions.readings(ofUser: userID, 0..<Int64.max, limit: 1000)
    }

    @Test func readings_areKept_withContactAndIntervals_andSeenByPulsoidsCalls() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let answer = try await hub.send(
                .POST, DetailedReadings.path, token: anna,
                body: body([
                    (hub.now - 2000, 75, .detected, [821, 809]), (hub.now - 1000, 76, .unsupported, []),
                    (hub.now, 0, .notDetected, []),
                ]))
            #expect(answer.status == 200)
            #expect(answer.body.isEmpty)
            let stored = try await stored(hub)
            #expect(stored.map(\.measurement.rrIntervals) == [[821, 809], [], []])
            #expect(stored.map(\.measurement.contact) == [.detected, .unsupported, .notDetected])
            let latest = try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna)
            #expect(latest.body == #"{"measured_at":\#(hub.now - 1000),"data":{"heart_rate":76}}"#)
            #expect(try await hub.rowCount("reading") == 2)
        }
    }

    @Test func repeatedReading_isKeptOnce_andAKnownHeartRateGetsItsIntervals() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await hub.write(70, at: hub.now, token: anna)
            for intervals in [[821], [900]] as [[UInt16]] {
                let answer = try await hub.send(
                    .POST, DetailedReadings.path, token: anna, body: body([(hub.now, 75, .detected, intervals)]))
                #expect(answer.status == 200)
            }
            try await hub.write(80, at: hub.now, token: anna)
            // The first of each counts.
            let stored = try await stored(hub)
            #expect(stored.map(\.measurement.beatsPerMinute) == [70])
            #expect(stored.map(\.measurement.rrIntervals) == [[821]])
            let slots = try await hub.store.sessions.slots(ofUser: 1, 0..<hub.now + 1)
            #expect(slots.map(\.readings) == [1])
            #expect(slots.map(\.intervals) == [1])
            #expect(slots.map(\.highestRate) == [70])
        }
    }

    @Test func answerToAReading_offersTheCall() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let answer = try await hub.write(70, at: hub.now, token: anna)
            #expect(DetailedReadings.isOffered(inHeader: answer.headers.first(name: "Strapline-Extensions")))
        }
    }

    @Test func readings_goToTheStreams_likePulsoids() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                #expect(try await socket.upgrade("\(PulsoidPath.realTime)?access_token=\(anna)").status == 101)
                try await socket.roundTrip()
                let text = body([(hub.now - 1000, 75, .detected, [821]), (hub.now, 76, .detected, [809])])
                _ = try await hub.send(.POST, DetailedReadings.path, token: anna, body: text)
                _ = try await hub.send(.POST, DetailedReadings.path, token: anna, body: text)
                try await hub.write(77, at: hub.now + 1000, token: anna)
                for rate in 75...77 {
                    #expect(try await socket.readFrame().text.contains(#""heart_rate":\#(rate)}"#))
                }
            }
        }
    }

    @Test func oneBadReading_keepsTheOthersOut() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let good = (hub.now, UInt16(75), SensorContact.detected, [UInt16(821)])
            for bad in [
                body([good, (1, 75, .detected, [])]), body([good, (hub.now + 3_600_000, 75, .detected, [])]),
                body([good, (hub.now - 1000, 75, .detected, Array(repeating: 800, count: 129))]),
                body((0..<501).map { (hub.now - Int64($0) * 1000, 75, .detected, []) }), "", "[]", "{}",
                #"{"readings":[{"measured_at":"x","heart_rate":1}]}"#,
                #"{"readings":[{"measured_at":\#(hub.now),"heart_rate":65536}]}"#,
            ] {
                let answer = try await hub.send(.POST, DetailedReadings.path, token: anna, body: bad)
                #expect(answer.status == 400, "\(bad.prefix(100))")
            }
            let large = String(repeating: " ", count: 200_000)
            #expect(try await hub.send(.POST, DetailedReadings.path, token: anna, body: large).status == 413)
            #expect(try await hub.rowCount("reading") == 0)
            #expect(try await hub.rowCount("reading_detail") == 0)
        }
    }

    @Test func largestBody_isTaken() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let intervals = Array(repeating: UInt16(800), count: 9)
            let text = body((0..<500).map { (hub.now - Int64($0) * 1000, 75, .detected, intervals) })
            #expect(try await hub.send(.POST, DetailedReadings.path, token: anna, body: text).status == 200)
            #expect(try await hub.send(.POST, DetailedReadings.path, token: anna, body: body([])).status == 200)
            #expect(try await hub.rowCount("reading") == 500)
        }
    }

    @Test func call_needsTheScopeForWriting_andCountsTowardsTheRowsOfTheDay() async throws {
        var limits = HubLimits()
        limits.rowsPerUserAndDay = 3
        try await TestHub.run(limits: limits) { hub in
            let reader = try await hub.addUser("Anna", scopes: ["data:heart_rate:read"]).accessToken
            let writer = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: ["data:heart_rate:write"])
            let two = body([(hub.now - 1000, 75, .detected, []), (hub.now, 75, .detected, [])])
            let path = DetailedReadings.path
            #expect(try await hub.send(.POST, path, token: reader, body: two).status == 401)
            #expect(try await hub.send(.POST, path, body: two).status == 401)
            #expect(try await hub.send(.POST, path, token: writer.accessToken, body: two).status == 200)
            let refused = try await hub.send(.POST, path, token: writer.accessToken, body: two)
            #expect(refused.status == 429)
            #expect(refused.headers.contains(name: "Retry-After"))
        }
    }
}
