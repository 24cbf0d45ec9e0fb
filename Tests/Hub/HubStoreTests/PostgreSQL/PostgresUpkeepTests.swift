import HubFixtures
import Postgres
import TestKit
import Testing
import Timing

@testable import HubStore

/// The work of one hub for all, beside the writes of the others: with `HUB_TEST_DATABASE` only.
@Suite(.enabled(if: TestDatabase.isShared), .timeLimit(.minutes(5)))
struct PostgresUpkeepTests {
    /// Calls `interrupt` before each statement.
    private struct InterruptedSession: SQLSession {
        let session: any SQLSession
        let interrupt: (String) throws -> Void

        func run(_ sql: String, with values: [SQLValue]) throws -> SQLResult {
            try interrupt(sql)
            return try session.run(sql, with: values)
        }
    }

    /// The beginning of a slot.
    private static let moment: Int64 = 1_709_312_400_000
    private let database: TestDatabase

    init() throws {
        database = try TestDatabase()
    }

    private func engine(_ store: HubStore) throws -> PostgresEngine {
        try #require(store.database.engine as? PostgresEngine)
    }

    private func fill(_ store: HubStore, ofUser user: Int64, from start: Int64, count: Int64) async throws {
        try await store.database.write { db in
            for second in 0..<count {
                _ = try db.execute(
                    "INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (?1, ?2, 60)", user,
                    start + second * 1000)
            }
        }
    }

    private func count(_ store: HubStore, _ query: String) async throws -> Int {
        try await store.database.read { try $0.value(query) ?? 0 }
    }

    /// Another hub commits between the two statements that read the readings and add their sum.
    @Test func reading_thatComesWhileSlotsAreSummedUp_countsOnce() async throws {
        let store = try await database.open(time: ManualTime())
        let user = try await store.accounts.addUser(named: "Anna").id
        try await fill(store, ofUser: user, from: Self.moment, count: 10)
        try await store.database.write { db in
            _ = try db.execute(
                "INSERT INTO slot_backlog (user_id, before_ms) VALUES (?1, ?2)", user, Self.moment + 10_000)
        }
        let isSummedUp = try await store.database.writeAsOfOneMoment { [database] db in
            let other = try database.connect()
            let session = InterruptedSession(session: db) { sql in
                guard sql.hasPrefix("SELECT reading.measured_at_ms") else { return }
                let late = StoredReading(userID: user, measuredAtMilliseconds: Self.moment + 20_000, heartRate: 60)
                _ = try PostgresWrites([.reading(late)]).commit(other, isSingleCopy: true)
            }
            return try ReadingSlotTable.rebuildSome(session)
        }
        #expect(isSummedUp)
        #expect(try await count(store, "SELECT count(*) FROM reading") == 11)
        #expect(try await count(store, "SELECT CAST(sum(readings) AS bigint) FROM reading_slot") == 11)
    }

    @Test func retention_ofManyUsers_isOneStep() async throws {
        let store = try await database.open(time: ManualTime())
        for name in ["Anna", "Ben", "Cleo"] {
            let user = try await store.accounts.addUser(named: name).id
            try await fill(store, ofUser: user, from: Self.moment, count: 5)
        }
        #expect(try await store.readings.deleteOldest(beforeMilliseconds: Self.moment + 3000, ofUsers: 50) == 9)
        #expect(try await store.readings.deleteOldest(beforeMilliseconds: Self.moment + 3000, ofUsers: 50) == 0)
        #expect(try await count(store, "SELECT count(*) FROM reading") == 6)
    }

    @Test func log_isShortenedInSteps_andKeepsItsNewEntries() async throws {
        let store = try await database.open(time: ManualTime())
        try database.run(
            """
            INSERT INTO hub_event (at, body)
                SELECT clock_timestamp() - interval '1 hour', 'x' FROM generate_series(1, 25000);
            INSERT INTO hub_event (body) VALUES ('x')
            """)
        try await engine(store).upkeep.run(keepingFrom: nil, now: Self.moment)
        #expect(try await count(store, "SELECT count(*) FROM hub_event") == 1)
    }

    @Test func measurements_ofARemovedUser_areDeletedInSteps() async throws {
        let store = try await database.open(time: ManualTime())
        try database.run(
            """
            INSERT INTO reading (user_id, measured_at_ms, heart_rate)
                SELECT 7, n, 60 FROM generate_series(1, 25000) AS n;
            INSERT INTO beat (user_id, start_s, end_s, value) SELECT 7, n, n, 60 FROM generate_series(1, 25000) AS n;
            INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (8, 1, 60);
            INSERT INTO removed_user (user_id, at) VALUES (7, clock_timestamp() - interval '1 minute')
            """)
        try await engine(store).upkeep.run(keepingFrom: nil, now: Self.moment)
        #expect(try await count(store, "SELECT count(*) FROM reading") == 1)
        #expect(try await count(store, "SELECT count(*) FROM beat") == 0)
        #expect(try await count(store, "SELECT count(*) FROM removed_user") == 0)
    }

    /// A write may wait for its turn, for the next primary and for its answer.
    @Test func removedUser_isRemembered_untilNoWriteCanAddARow() async throws {
        let store = try await database.open(time: ManualTime())
        try database.run(
            """
            INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (7, 1, 60);
            INSERT INTO removed_user (user_id, at) VALUES (7, clock_timestamp() - interval '15 seconds')
            """)
        try await engine(store).upkeep.run(keepingFrom: nil, now: Self.moment)
        #expect(try await count(store, "SELECT count(*) FROM removed_user") == 1)
    }

    /// Readings in the partition for the rest would keep the partition of their week from being made.
    @Test func firstReading_ofANewDatabase_findsItsPartition() async throws {
        let time = ManualTime(wallMilliseconds: 3000 * 7 * 24 * 3600 * 1000 + 5000)
        let store = try await database.open(time: time)
        try await store.database.beginFollowing()
        try await store.readings.append(
            StoredReading(userID: 1, measuredAtMilliseconds: time.now().wallMilliseconds, heartRate: 60))
        #expect(try await count(store, "SELECT count(*) FROM reading_w3000") == 1)
    }

    /// For instance because the role lacks a right. Otherwise the partition for the rest would grow without a word.
    @Test func partition_thatCannotBeDropped_isReported() async throws {
        let store = try await database.open(time: ManualTime())
        let week: Int64 = 7 * 24 * 3600 * 1000
        try await store.database.engine.prepare(readingsFrom: 100 * week, to: 100 * week)
        try database.run("CREATE VIEW theirs AS SELECT * FROM reading_w100")
        await #expect {
            try await engine(store).upkeep.run(keepingFrom: 101 * week, now: 101 * week)
        } throws: {
            "\($0)".contains("depend")
        }
        try database.run("DROP VIEW theirs; DROP TABLE reading_w100")
    }
}
