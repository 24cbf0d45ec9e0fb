import CardiogramAPI
import HubFixtures
import Logging
import PulsoidAPI
import TestKit
import Testing
import Timing

@testable import HubStore

@Suite(.timeLimit(.minutes(10)))
struct RetentionTests {
    private let database: TestDatabase
    private let time = ManualTime()
    private let logger = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }

    private var now: Int64 { time.now().wallMilliseconds }
    private let hour: Int64 = 3_600_000

    init() throws {
        database = try TestDatabase()
    }

    private func store() async throws -> HubStore { try await database.open(time: time) }

    /// A reading each second before now.
    private func fill(_ store: HubStore, user: Int64, seconds: Int64) async throws {
        let now = now
        try await store.database.write { db in
            _ = try db.execute(
                """
                INSERT INTO reading (user_id, measured_at_ms, heart_rate)
                WITH RECURSIVE age (s) AS (
                    SELECT CAST(0 AS bigint) UNION ALL SELECT s + 1 FROM age WHERE s < CAST(?1 AS bigint))
                SELECT CAST(?2 AS bigint), CAST(?3 AS bigint) - s * 1000, 70 FROM age
                """, seconds - 1, user, now)
        }
    }

    @Test func whatIsOlder_goesInSmallSteps_andTheRestStays() async throws {
        let store = try await store()
        for name in ["Anna", "Ben"] { _ = try await store.accounts.addUser(named: name) }
        for user in [1, 2] as [Int64] { try await fill(store, user: user, seconds: 5000) }
        let second = now / 1000
        try await store.readings.append(
            [second - 3000, second - 10].map { Beat(start: $0, end: $0, value: 60) }, ofUser: 2)
        var retention = Retention(.seconds(2000), aheadMilliseconds: 300_000, logger: logger)
        var counts: [Int] = []
        for _ in 0..<10 {
            let before = try await rows(store)
            try await retention.step(store.readings)
            counts.append(before - (try await rows(store)))
        }
        // Of each user 2999 of the 5000 are more than 2000 s old, and one beat.
        #expect(counts == [1000, 1000, 999, 1000, 1000, 999, 1, 0, 0, 0])
        #expect(try await store.readings.oldest(ofUser: 1, limit: 1).first?.measuredAtMilliseconds == now - 2_000_000)
        #expect(try await store.readings.latest(ofUser: 2)?.measuredAtMilliseconds == now)
    }

    @Test func nextLook_isAfterAnHour() async throws {
        let store = try await store()
        _ = try await store.accounts.addUser(named: "Anna")
        var retention = Retention(.seconds(60), aheadMilliseconds: 300_000, logger: logger)
        try await retention.step(store.readings)
        try await fill(store, user: 1, seconds: 100)
        try await retention.step(store.readings)
        #expect(try await rows(store) == 100)
        time.advance(milliseconds: hour)
        try await retention.step(store.readings)
        #expect(try await rows(store) == 0)
    }

    @Test func clockThatCannotBeBelieved_deletesNothing() async throws {
        let store = try await store()
        _ = try await store.accounts.addUser(named: "Anna")
        try await fill(store, user: 1, seconds: 100)
        time.setWall(milliseconds: now + 1000 * 24 * hour, isTrusted: false)
        var retention = Retention(.seconds(60), aheadMilliseconds: 300_000, logger: logger)
        try await retention.step(store.readings)
        #expect(try await rows(store) == 100)
    }

    @Test func forEver_keepsWhatIsOld() async throws {
        let store = try await store()
        _ = try await store.accounts.addUser(named: "Anna")
        try await fill(store, user: 1, seconds: 100)
        time.advance(milliseconds: 10_000 * 24 * hour)
        var retention = Retention(nil, aheadMilliseconds: 300_000, logger: logger)
        for _ in 0..<3 {
            try await retention.step(store.readings)
            time.advance(milliseconds: hour)
        }
        #expect(try await rows(store) == 100)
    }

    @Test func whatIsDatedAhead_goesOnceTheClockWasRightForAnHour() async throws {
        let store = try await store()
        _ = try await store.accounts.addUser(named: "Anna")
        try await fill(store, user: 1, seconds: 10)
        // As an older version has taken them: the year 4822, and a day ahead.
        let year4822: Int64 = 90_000_000_000
        try await store.readings.append([Beat(start: year4822, end: year4822, value: 60)], ofUser: 1)
        try await store.readings.append(
            StoredReading(userID: 1, measuredAtMilliseconds: now + 24 * hour, heartRate: 60))
        var retention = Retention(nil, aheadMilliseconds: 300_000, logger: logger)
        try await retention.step(store.readings)
        #expect(try await rows(store) == 12)
        time.advance(milliseconds: hour)
        for _ in 0..<3 { try await retention.step(store.readings) }
        #expect(try await rows(store) == 10)
        #expect(try await store.readings.latest(ofUser: 1)?.measuredAtMilliseconds == now - hour)
    }

    @Test func whatIsDatedAhead_staysWhileTheClockWasSetOrIsNotBelieved() async throws {
        let store = try await store()
        _ = try await store.accounts.addUser(named: "Anna")
        try await fill(store, user: 1, seconds: 10)
        var retention = Retention(nil, aheadMilliseconds: 300_000, logger: logger)
        try await retention.step(store.readings)
        // Somebody sets the clock back by a month: everything is dated ahead now.
        time.advance(milliseconds: hour)
        time.setWall(milliseconds: now - 720 * hour)
        for _ in 0..<3 { try await retention.step(store.readings) }
        time.advance(milliseconds: hour)
        time.setWall(milliseconds: now, isTrusted: false)
        for _ in 0..<3 { try await retention.step(store.readings) }
        #expect(try await rows(store) == 10)
    }

    private func rows(_ store: HubStore) async throws -> Int {
        try await store.database.read { db in
            try db.value("SELECT (SELECT count(*) FROM reading) + (SELECT count(*) FROM beat)") ?? 0
        }
    }
}
