import HubFixtures
import Postgres
import TestKit
import Testing

@testable import HubStore

/// The group commit on a real PostgreSQL: with `HUB_TEST_DATABASE` only.
@Suite(.enabled(if: TestDatabase.isShared), .timeLimit(.minutes(5)))
struct PostgresCommitTests {
    private static let count: Int64 = 300

    private func refusedWrites(_ store: HubStore, ofUser user: Int64) async -> Int64 {
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<Self.count {
                group.addTask {
                    do {
                        try await store.readings.append(
                            StoredReading(
                                userID: user, measuredAtMilliseconds: 1_709_312_400_000 + index, heartRate: 60))
                        return false
                    } catch {
                        return true
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
    }

    /// A write that comes to the end of another one's turn must not be accepted before the outcome is known.
    @Test func writes_whoseGroupFails_areAllRefused() async throws {
        let database = try TestDatabase()
        let store = try await database.open(time: ManualTime())
        let user = try await store.accounts.addUser(named: "Anna").id
        try database.run(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON reading FOR EACH ROW EXECUTE FUNCTION refuse()
            """)
        #expect(await refusedWrites(store, ofUser: user) == Self.count)
        try database.run("DROP FUNCTION refuse() CASCADE")
        #expect(await refusedWrites(store, ofUser: user) == 0)
        try store.close()
    }

    /// Hubs that read the log after a break would have another order than those that were notified.
    @Test func commits_ofTwoHubsAtOnce_haveNumbersInTheirOrder() async throws {
        let database = try TestDatabase()
        _ = try await database.open(time: ManualTime())
        let listener = try database.connect()
        try listener.listen(to: HubLogReader.channel)
        func writes(_ user: Int64) -> PostgresWrites {
            PostgresWrites([.reading(StoredReading(userID: user, measuredAtMilliseconds: 1000, heartRate: 60))])
        }
        let (first, watch) = (try database.connect(), try database.connect())
        try first.runScript("BEGIN")
        _ = try first.run(PostgresWrites.statement, writes(1).values)
        let second = Task.detached {
            _ = try writes(2).commit(database.connect(), isSingleCopy: true)
        }
        // It has committed already, or waits for the first one.
        let question = """
            SELECT (SELECT count(*) FROM hub_event) + (SELECT count(*) FROM pg_locks WHERE NOT granted
                AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
            """
        while try watch.run(question).first?[0].int == 0 { try Task.checkCancellation() }
        try first.runScript("COMMIT")
        try await second.value
        _ = try listener.run("SELECT 1")
        let notified = try listener.takeNotifications().compactMap { HubLogNotice(payload: $0.payload)?.number }
        #expect(notified.count == 2 && notified == notified.sorted())
    }

    /// A packet for each commit would cost each stream as much as all its readings.
    @Test func commitsThatAreHeardTogether_areOneEvent_upToAChangeOfTheDirectory() async throws {
        let database = try TestDatabase()
        let store = try await database.open(time: ManualTime())
        let user = try await store.accounts.addUser(named: "Anna").id
        let readings = (1...3).map { StoredReading(userID: user, measuredAtMilliseconds: $0 * 1000, heartRate: 60) }
        let heard = Recorder<[StoredReading]>()
        store.database.observe { if case .stored(let readings, _) = $0 { heard.append(readings) } }
        try await store.database.beginFollowing()
        try await store.readings.append(readings[0])
        try await store.readings.append(readings[1])
        _ = try await store.accounts.addUser(named: "Ben")
        try await store.readings.append(readings[2])
        try await store.database.engine.followDirectory()
        #expect(heard.all == [[readings[0], readings[1]], [readings[2]]])
        try store.close()
        // Another test may have it now.
        withExtendedLifetime(database) {}
    }
}
