import HubFixtures
import Postgres
import TestKit
import Testing

@testable import HubStore

/// The log that hubs share, and their connections: with `HUB_TEST_DATABASE` only.
@Suite(.enabled(if: TestDatabase.isShared), .timeLimit(.minutes(5)))
struct LogReaderTests {
    private let database: TestDatabase

    init() throws {
        database = try TestDatabase()
    }

    private static func reading(_ moment: Int64) -> StoredReading {
        StoredReading(userID: 1, measuredAtMilliseconds: moment, heartRate: 60)
    }

    /// A reader that follows. `hear` gets what the streams of its hub hear.
    private static func reader(_ hear: @escaping @Sendable (StoredReading) -> Void = { _ in }) -> HubLogReader {
        let cache = DirectoryCache()
        cache.observe { event in
            if case .stored(let readings, _) = event { readings.forEach(hear) }
        }
        let reader = HubLogReader(
            cache, time: nil, stopwatch: ManualTime(), patience: .seconds(2), isSingleCopy: true)
        reader.start()
        return reader
    }

    /// Both entries come at once, so that the second one was taken from the connection when the first one failed.
    @Test func reading_behindAChangeThatCannotBeRead_isHeardLater() async throws {
        _ = try await database.open(time: ManualTime())
        let heard = Recorder<Int64>()
        let reader = Self.reader { heard.append($0.userID) }
        let connection = try database.connect()
        try reader.begin(connection)
        try database.run(
            """
            ALTER TABLE room RENAME TO hidden;
            INSERT INTO directory_log (kind, key) VALUES ('room', 'x');
            WITH event AS (INSERT INTO hub_event (body) VALUES ('r 7,2,60') RETURNING seq, body)
                SELECT pg_notify('strapline', seq || ' ' || body) FROM event;
            """)
        #expect(throws: (any Error).self) { try reader.catchUp(connection) }
        #expect(!connection.isOpen)
        try database.run("ALTER TABLE hidden RENAME TO room")
        try reader.begin(database.connect())
        #expect(heard.all == [7])
    }

    /// Also hubs of an earlier version draw a number long before they commit, and nothing hears of it in a break.
    @Test func reading_thatCommitsAfterThousandsOfLaterNumbers_inABreak_isHeardOnce() async throws {
        _ = try await database.open(time: ManualTime())
        let heard = Recorder<Int64>()
        let reader = Self.reader { heard.append($0.userID) }
        let connection = try database.connect()
        try reader.begin(connection)
        let late = try database.connect()
        try late.runScript("BEGIN; INSERT INTO hub_event (body) VALUES ('r 7,1,60')")
        try database.run(
            """
            WITH event AS (
                INSERT INTO hub_event (body) SELECT 'r 8,' || n || ',60' FROM generate_series(1, 5000) AS n
                RETURNING seq, body)
            SELECT pg_notify('strapline', seq || ' ' || body) FROM event
            """)
        try reader.catchUp(connection)
        #expect(heard.all == Array(repeating: 8, count: 5000))
        connection.close()
        try late.runScript("COMMIT")
        try database.run("INSERT INTO hub_event (body) VALUES ('r 9,1,60')")
        try reader.begin(database.connect())
        try reader.begin(database.connect())
        #expect(heard.all.suffix(2) == [7, 9])
        #expect(heard.all.count == 5002)
    }

    /// A frozen server, which others have replaced, would keep a statement for its whole time, and the next ones too.
    @Test func connections_toAServerThatTheLogHasLeft_areGivenUp() async throws {
        _ = try await database.open(time: ManualTime())
        let reader = Self.reader()
        guard case .server(let address, _) = database.location else { return }
        let hosts = try PostgresHosts(address, PostgresLibrary(), isSingleCopy: true)
        let (busy, idle) = (
            PostgresLink("busy", to: hosts, limit: .seconds(600), under: reader),
            PostgresLink("idle", to: hosts, limit: .seconds(600), under: reader)
        )
        func process() async throws -> Int64? {
            try await idle.run { try $0.run("SELECT pg_backend_pid()").first?[0].int }
        }
        let first = try await process()
        #expect(try await process() == first)
        let answer = Task { try await busy.run(patience: .zero) { try $0.run("SELECT pg_sleep(600)").changedCount } }
        let watch = try database.connect()
        let question = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(600)' AND state = 'active'"
        while try watch.run(question).first?[0].int == 0 { try Task.checkCancellation() }
        try reader.begin(database.connect())
        await #expect {
            _ = try await answer.value
        } throws: {
            ($0 as? HubStoreError)?.code == .unreachable
        }
        #expect(try await process() != first)
    }

    /// They would wait one after the other, each for its whole time.
    @Test func work_thatWaitsForASilentDatabase_isRefusedWhenItsTurnComes() async throws {
        let stopwatch = ManualTime()
        let store = try await database.open(time: ManualTime(), patience: .seconds(2), stopwatch: stopwatch)
        try await store.database.beginFollowing()
        try await store.readings.append(Self.reading(1))
        stopwatch.advance(milliseconds: 2001)
        func isUnreachable(_ error: any Error) -> Bool { (error as? HubStoreError)?.code == .unreachable }
        await #expect { try await store.readings.append(Self.reading(2)) } throws: { isUnreachable($0) }
        await #expect { try await store.readings.count(ofUser: 1) } throws: { isUnreachable($0) }
        await #expect { try await store.accounts.addUser(named: "Anna") } throws: { isUnreachable($0) }
        await #expect { try await store.database.checkReading() } throws: { isUnreachable($0) }
    }

    /// A hub that lost its power must not keep the others waiting.
    @Test func lock_ofAVanishedHub_isGivenUp() async throws {
        let store = try await database.open(time: ManualTime())
        let settings: [String: String] = try await store.database.read { db in
            var settings: [String: String] = [:]
            for name in ["idle_in_transaction_session_timeout", "client_connection_check_interval"] {
                settings[name] = try db.value("SELECT current_setting(?1)", name)
            }
            return settings
        }
        #expect(
            settings == ["idle_in_transaction_session_timeout": "10s", "client_connection_check_interval": "1s"])
    }
}
