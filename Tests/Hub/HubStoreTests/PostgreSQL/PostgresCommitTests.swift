import HubFixtures
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
}
