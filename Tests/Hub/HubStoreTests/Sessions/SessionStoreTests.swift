import GRDB
import HeartRate
import HubAPI
import HubFixtures
import Logging
import TestKit
import Testing
import Timing

@testable import HubStore

@Suite(.timeLimit(.minutes(10)))
struct SessionStoreTests {
    private let database: TestDatabase
    private let directory = TemporaryDirectory()
    private let time = ManualTime()
    private var now: Int64 { time.now().wallMilliseconds }
    private var path: String { directory.file("old.sqlite") }

    init() throws {
        database = try TestDatabase()
    }

    private func store() async throws -> HubStore {
        let store = try await database.open(time: time)
        _ = try await store.accounts.addUser(named: "Anna")
        return store
    }

    private func packet(
        _ at: Int64, rate: UInt16 = 70, contact: SensorContact = .detected, intervals: [UInt16] = [850]
    ) -> DetailedReading {
        DetailedReading(
            measuredAtMilliseconds: at,
            measurement: HeartRateMeasurement(beatsPerMinute: rate, contact: contact, rrIntervals: intervals))
    }

    /// All slots, as they should be: summed up again from the readings.
    private func rebuilt(_ store: HubStore) async throws -> [ReadingSlot] {
        try await store.database.write { db in
            let slots = try ReadingSlotTable.slots(
                ofUser: 1, 0..<Int64.max, newestFirst: false, limit: .max, db)
            for slot in slots {
                try ReadingSlotTable.rebuild(ofUser: 1, slot.number..<slot.number + 1, db)
            }
            return try ReadingSlotTable.slots(ofUser: 1, 0..<Int64.max, newestFirst: false, limit: .max, db)
        }
    }

    private func slots(_ store: HubStore) async throws -> [ReadingSlot] {
        try await store.sessions.slots(ofUser: 1, 0..<253_402_300_800_000)
    }

    @Test func slots_ofCommits_areThoseOfTheReadings_inWhateverOrderTheyCome() async throws {
        let store = try await store()
        var random = SystemRandomNumberGenerator()
        var moments = (0..<400).map { now - Int64($0) * 2500 }
        moments.shuffle(using: &random)
        for (place, moment) in moments.enumerated() {
            switch place % 4 {
            case 0:
                try await store.readings.append(
                    StoredReading(userID: 1, measuredAtMilliseconds: moment, heartRate: 60 + place % 90))
            case 1:
                // The heart rate first, then all of it with another heart rate, twice.
                try await store.readings.append(
                    StoredReading(userID: 1, measuredAtMilliseconds: moment, heartRate: 60 + place % 90))
                for _ in 0..<2 {
                    try await store.readings.append([packet(moment, rate: 200, intervals: [800, 810])], ofUser: 1)
                }
            default: try await store.readings.append([packet(moment, rate: UInt16(60 + place % 90))], ofUser: 1)
            }
        }
        let kept = try await slots(store)
        #expect(kept.map(\.readings).reduce(0, +) == 400)
        #expect(kept.map(\.intervals).reduce(0, +) == 400)
        #expect(kept.allSatisfy { $0.highestRate < 200 })
        #expect(try await rebuilt(store) == kept)
    }

    @Test func concurrentWrites_ofOneSlot_areAllCounted() async throws {
        let store = try await store()
        let now = now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<200 {
                group.addTask { try await store.readings.append([packet(now - Int64(index))], ofUser: 1) }
            }
            try await group.waitForAll()
        }
        #expect(try await slots(store).map(\.readings).reduce(0, +) == 200)
    }

    @Test func readings_comeBackBeatForBeat() async throws {
        let store = try await store()
        let sent = [
            packet(1_000_000_000_000, intervals: [0, 1, 65_535]), packet(1_000_000_001_000, intervals: []),
            packet(1_000_000_002_000, contact: .unsupported, intervals: []),
            packet(1_000_000_003_000, rate: 0, contact: .notDetected, intervals: []),
            packet(1_000_000_004_000, contact: .unsupported, intervals: [700]),
        ]
        try await store.readings.append(sent, ofUser: 1)
        #expect(try await store.sessions.readings(ofUser: 1, 0..<Int64.max, limit: 10) == sent)
        #expect(try await store.sessions.readings(ofUser: 2, 0..<Int64.max, limit: 10).isEmpty)
    }

    @Test func expiredReadings_takeTheirDetailsAndSlotsWithThem() async throws {
        let store = try await store()
        let start = now - 1_200_000
        try await store.readings.append((0..<1200).map { packet(start + Int64($0) * 1000) }, ofUser: 1)
        let logger = Logger(label: "hub") { _ in SwiftLogNoOpLogHandler() }
        var retention = Retention(.seconds(450), aheadMilliseconds: 300_000, logger: logger)
        for _ in 0..<10 { try await retention.step(store.readings) }
        let left = try await store.sessions.readings(ofUser: 1, 0..<Int64.max, limit: 2000)
        #expect(left.count == 450)
        #expect(left.allSatisfy { !$0.measurement.rrIntervals.isEmpty })
        let kept = try await slots(store)
        #expect(kept.map(\.readings).reduce(0, +) == 450)
        #expect(try await rebuilt(store) == kept)
        #expect(try await count("reading_detail") == 450)
    }

    @Test func removedUser_leavesNothing() async throws {
        let store = try await store()
        try await store.readings.append((0..<2500).map { packet(now - Int64($0) * 1000) }, ofUser: 1)
        let token = try await store.accounts.issueToken(forUser: "Anna", scopes: ["profile:read"], mayConsent: true)
        let isSet = try await store.sessions.setMaximumHeartRate(
            180, ofUser: 1, by: TokenHash(of: token.accessToken))
        #expect(isSet)
        try await store.accounts.removeUser("Anna")
        for table in ["reading", "reading_detail", "reading_slot", "profile", "slot_backlog"] {
            #expect(try await count(table) == 0, "\(table)")
        }
    }

    private func count(_ table: String) async throws -> Int {
        try await database.open(time: time).database.read { try $0.value("SELECT count(*) FROM \(table)") ?? 0 }
    }

    @Test func readingsOfAnEarlierVersion_areSummedUpStepByStep_whileNewOnesCome() async throws {
        let now = now
        // Two days with pauses, and a user without readings.
        let moments = (0..<20_000).map { now - Int64($0) * 7000 - Int64($0 / 3000) * 3_600_000 }
        let database = try DatabaseQueue(path: path)
        try HubSchema.migrator.migrate(database, upTo: "H5 token use")
        try await database.write { db in
            try db.execute(sql: "PRAGMA application_id = \(HubSchema.applicationID)")
            for (id, name) in [(1, "Anna"), (2, "Ben")] {
                try db.execute(
                    sql: "INSERT INTO user (id, profile_id, name, created_at_ms) VALUES (?, ?, ?, 0)",
                    arguments: [id, "\(id)", name])
            }
            for moment in moments {
                try db.execute(
                    sql: "INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (1, ?, ?)",
                    arguments: [moment, 60 + moment % 80])
            }
        }
        try database.close()
        let store = try HubStore(path: path, time: time)
        #expect(try await slots(store).isEmpty)
        try await store.readings.append([packet(now + 1000)], ofUser: 1)
        var steps = 0
        while try await store.sessions.summarizeSome() {
            steps += 1
            guard steps == 2 else { continue }
            try await store.readings.append([packet(now - 3500), packet(now - 86_403_500)], ofUser: 1)
        }
        #expect(steps < 20)
        let kept = try await slots(store)
        #expect(kept.map(\.readings).reduce(0, +) == 20_003)
        #expect(try await rebuilt(store) == kept)
        #expect(try await !store.sessions.summarizeSome())
    }

    @Test func sessions_ofAYearWithoutAPause_areFoundWithinTheLimit() async throws {
        let store = try await store()
        let last = ReadingSlot.number(ofMilliseconds: now)
        let count: Int64 = 120_000
        try await store.database.write { db in
            _ = try db.execute(
                """
                INSERT INTO reading_slot (user_id, slot, first_ms, last_ms, readings, rate_sum, lowest_rate,
                    highest_rate, minute_bits, intervals)
                WITH RECURSIVE age (n) AS (
                    SELECT CAST(0 AS bigint) UNION ALL SELECT n + 1 FROM age WHERE n < CAST(?1 AS bigint))
                SELECT 1, ?2 - n, (?2 - n) * 300000, (?2 - n) * 300000 + 299000, 300, 18000, 60, 60, 31, 0 FROM age
                """, count - 1, last)
        }
        let page = try await store.sessions.sessions(ofUser: 1, before: .max, from: 0, limit: 20)
        #expect(page.sessions.count == 1)
        #expect(page.sessions.first?.readings == SessionStore.searchedSlots * 300)
        #expect(page.next == (last - Int64(SessionStore.searchedSlots) + 1) * 300_000)
        let session = try await store.sessions.session(ofUser: 1, at: now - 86_400_000, from: 0)
        #expect(session != nil)
    }

    @Test func slots_thatBeginBeforeTheVisibleTime_areLeftOut() async throws {
        let store = try await store()
        let start = now / 300_000 * 300_000 - 900_000
        try await store.readings.append((0..<900).map { packet(start + Int64($0) * 1000) }, ofUser: 1)
        for (earliest, readings) in [(start, 900), (start + 1, 600), (start + 300_000, 600), (start + 300_001, 300)] {
            let page = try await store.sessions.sessions(ofUser: 1, before: .max, from: earliest, limit: 20)
            #expect(page.sessions.map(\.readings) == [readings])
            let session = try await store.sessions.session(ofUser: 1, at: start + 700_000, from: earliest)
            #expect(session?.readings == readings)
        }
    }
}
