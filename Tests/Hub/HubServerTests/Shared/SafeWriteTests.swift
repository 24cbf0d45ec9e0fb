import HubFixtures
import HubServer
import NIOHTTP1
import Postgres
import PostgresHarness
import PulsoidAPI
import TestKit
import Testing
import Timing

@testable import HubStore

/// Nothing is acknowledged that one disk may lose: a real PostgreSQL with a second copy for each test. They run with
/// the other tests of PostgreSQL.
@Suite(.enabled(if: TestDatabase.isShared && PostgresServer.isThere), .serialized, .timeLimit(.minutes(5)))
struct SafeWriteTests {
    private static func location(_ server: PostgresServer, isSingleCopy: Bool = false) throws -> DatabaseLocation {
        .server(try server.address(), isSingleCopy: isSingleCopy)
    }

    private static func reading(_ moment: Int64) -> StoredReading {
        StoredReading(userID: 1, measuredAtMilliseconds: moment, heartRate: 60)
    }

    @Test func write_withoutItsStandby_is503_andIsKeptWhenTheStandbyIsBack() async throws {
        let server = try await PostgresServer(.received)
        try await TestHub.run(on: TestDatabase(Self.location(server))) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            #expect(try await hub.write(60, at: hub.now, token: anna).status == 200)
            server.endReceiver()
            let refused = try await hub.write(61, at: hub.now + 1, token: anna)
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == ["1"])
            try await server.startReceiver()
            #expect(try await hub.write(61, at: hub.now + 1, token: anna).status == 200)
        }
    }

    /// The server reports success with a warning, and one disk has the row. A repetition finds it, and must wait too.
    @Test func cancelledWait_isNotAcknowledged_norIsItsRepetition() async throws {
        let server = try await PostgresServer(.received)
        let store = try await TestDatabase(Self.location(server)).open(time: ManualTime())
        _ = try await store.accounts.addUser(named: "Anna")
        // A new connection needs a standby, so the writer's is made before.
        try await store.readings.append(Self.reading(0))
        server.endReceiver()
        let address = try server.address()
        let watch = try PostgresHosts(address, PostgresLibrary(), isSingleCopy: true).connect()
        let refused = Task { try await store.readings.append(Self.reading(1)) }
        var cancelled = 0
        while cancelled == 0 {
            try Task.checkCancellation()
            cancelled =
                try watch.run(
                    """
                    SELECT count(*) FROM (SELECT pg_cancel_backend(pid) FROM pg_stat_activity
                    WHERE wait_event = 'SyncRep') AS waits
                    """
                ).first?[0].int.map(Int.init) ?? 0
        }
        await #expect { try await refused.value } throws: { ($0 as? HubStoreError)?.code == .unreachable }
        // The row is there, and still on one disk.
        #expect(try watch.run("SELECT count(*) FROM reading").first?[0].int == 2)
        await #expect(throws: HubStoreError.self) { try await store.readings.append(Self.reading(1)) }
        try await server.startReceiver()
        try await store.readings.append(Self.reading(1))
    }

    @Test func serverWithoutAStandby_isRefused_unlessOneCopyIsEnough_andForeignTablesAlways() async throws {
        let server = try await PostgresServer()
        await #expect {
            try await HubStore.open(Self.location(server))
        } throws: {
            ($0 as? HubStoreError)?.code == .cannotOpen && "\($0)".contains("synchronous_standby_names is empty")
        }
        try server.connect().runScript("CREATE TABLE theirs (a int)")
        await #expect {
            try await HubStore.open(Self.location(server, isSingleCopy: true))
        } throws: {
            ($0 as? HubStoreError)?.code == .foreignDatabase
        }
        try server.connect().runScript("DROP TABLE theirs")
        _ = try await HubStore.open(Self.location(server, isSingleCopy: true))
    }

    @Test func serverThatLosesWrites_isRefused() async throws {
        let server = try await PostgresServer(.received)
        let connection = try server.connect()
        for (setting, words) in [("fsync", "fsync off"), ("synchronous_commit", "synchronous_commit = off")] {
            try connection.runScript("ALTER SYSTEM SET \(setting) = off")
            try connection.runScript("SELECT pg_reload_conf()")
            // The server reads its settings a moment later.
            while try connection.run("SELECT current_setting('\(setting)')").first?[0].text != "off" {}
            await #expect {
                try await HubStore.open(Self.location(server))
            } throws: {
                ($0 as? HubStoreError)?.code == .cannotOpen && "\($0)".contains(words)
            }
            try connection.runScript("ALTER SYSTEM RESET \(setting)")
            try connection.runScript("SELECT pg_reload_conf()")
            while try connection.run("SELECT current_setting('\(setting)')").first?[0].text != "on" {}
        }
        _ = try await HubStore.open(Self.location(server))
    }

    @Test func stoppedServer_is503Soon_andStreamsGoOnWhenItIsBack() async throws {
        let server = try await PostgresServer()
        let database = TestDatabase(try Self.location(server, isSingleCopy: true))
        var limits = HubLimits()
        limits.requestsPerSecond = 0
        try await TestHub.run(limits: limits, on: database, patience: .seconds(2)) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                _ = try await socket.upgrade("\(PulsoidPath.realTime)?access_token=\(anna)")
                server.stop()
                // A read needs no database until it is too silent.
                var refused = try await hub.send(.GET, PulsoidPath.validateToken, token: anna)
                while refused.status != 503 {
                    refused = try await hub.send(.GET, PulsoidPath.validateToken, token: anna)
                }
                #expect(refused.headers["retry-after"] == ["1"])
                while try await hub.send(.GET, "/healthz").status != 503 {}
                try await server.start()
                while try await hub.write(60, at: hub.now, token: anna).status != 200 {}
                #expect(try await socket.readFrame().text.contains("60"))
            }
        }
    }
}
