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
    /// Some roles are set to receive errors only.
    @Test(arguments: ["warning", "error"])
    func cancelledWait_isNotAcknowledged_norIsItsRepetition(_ level: String) async throws {
        let server = try await PostgresServer(.received)
        try server.connect().runScript("ALTER ROLE postgres SET client_min_messages = \(level)")
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

    /// The waits end with success and without a warning, and the settings were others when they began.
    @Test func writes_whoseStandbyIsWaived_whileTheyWait_areNotAcknowledged() async throws {
        let server = try await PostgresServer(.received)
        let store = try await TestDatabase(Self.location(server)).open(time: ManualTime())
        _ = try await store.accounts.addUser(named: "Anna")
        try await store.readings.append(Self.reading(0))
        server.freezeReceiver()
        // The second one waits behind the first.
        let reading = Task { try await store.readings.append(Self.reading(1)) }
        try server.untilACommitWaits()
        let user = Task { try await store.accounts.addUser(named: "Ben") }
        try server.waiveCopies()
        func isUnreachable(_ error: any Error) -> Bool { (error as? HubStoreError)?.code == .unreachable }
        await #expect { try await reading.value } throws: { isUnreachable($0) }
        await #expect { _ = try await user.value } throws: { isUnreachable($0) }
        await #expect { try await store.database.checkWriting() } throws: { isUnreachable($0) }
    }

    @Test func serverWithoutAStandby_isRefused_unlessOneCopyIsEnough_andForeignTablesAlways() async throws {
        let server = try await PostgresServer()
        await #expect {
            try await HubStore.open(Self.location(server))
        } throws: {
            ($0 as? HubStoreError)?.code == .cannotOpen && "\($0)".contains("synchronous_standby_names is empty")
                && "\($0)".contains("say --single-copy if one copy is enough")
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

    /// Otherwise names fail one by one, and a move stops at the first of them.
    @Test(arguments: [("LATIN1", true), ("WIN1252", true), ("SQL_ASCII", false), ("UTF8", false)])
    func databaseOfAnEncoding_thatLacksNames_isRefused(encoding: String, isRefused: Bool) async throws {
        let server = try await PostgresServer()
        try server.connect().runScript(
            "CREATE DATABASE other ENCODING '\(encoding)' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
        let location = DatabaseLocation.server(try server.address(database: "other"), isSingleCopy: true)
        if isRefused {
            await #expect { try await HubStore.open(location) } throws: {
                ($0 as? HubStoreError)?.code == .cannotOpen && "\($0)".contains("the encoding \(encoding)")
            }
        } else {
            let user = try await HubStore.open(location).accounts.addUser(named: "Zoë 日本 😀")
            #expect(try await HubStore.open(location).accounts.users() == [user])
        }
    }

    @Test func serverThatLosesWrites_isRefused() async throws {
        let server = try await PostgresServer(.received)
        let settings = [
            ("fsync", "fsync off"), ("full_page_writes", "full_page_writes off"),
            ("synchronous_commit", "synchronous_commit = off"),
        ]
        for (setting, words) in settings {
            try server.set(setting, to: "off")
            await #expect {
                try await HubStore.open(Self.location(server))
            } throws: {
                ($0 as? HubStoreError)?.code == .cannotOpen && "\($0)".contains(words)
            }
            try server.set(setting, to: "on")
        }
        _ = try await HubStore.open(Self.location(server))
    }

    @Test func role_orDatabase_thatLosesWrites_isRefused() async throws {
        let server = try await PostgresServer(.received)
        let connection = try server.connect()
        for kind in ["ROLE", "DATABASE"] {
            for value in ["off", "local", "remote_write"] {
                try connection.runScript("ALTER \(kind) postgres SET synchronous_commit = \(value)")
                await #expect {
                    try await HubStore.open(Self.location(server))
                } throws: {
                    ($0 as? HubStoreError)?.code == .cannotOpen && "\($0)".contains("synchronous_commit = \(value)")
                }
            }
            try connection.runScript("ALTER \(kind) postgres RESET synchronous_commit")
        }
        _ = try await HubStore.open(Self.location(server))
    }

    /// The next primary may have other settings than the first, or an operator changes them.
    @Test func serverThatLosesWritesLater_isLeft() async throws {
        let server = try await PostgresServer(.received)
        let stopwatch = ManualTime()
        try await TestHub.run(
            limits: Self.limits, on: TestDatabase(Self.location(server)), patience: .seconds(2), stopwatch: stopwatch
        ) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            func ownSetting() async throws -> String? {
                try await hub.store.database.read { try $0.value("SELECT current_setting('synchronous_commit')") }
            }
            #expect(try await ownSetting() == "on")
            // An open connection keeps its own.
            try server.set("synchronous_commit", to: "local")
            #expect(try await ownSetting() == "on")
            try server.set("fsync", to: "off")
            stopwatch.advance(milliseconds: 2001)
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: anna).status == 503)
            #expect(try await hub.write(60, at: hub.now, token: anna).status == 503)
            // The log has the reason.
            func cause() -> String {
                do throws(HubStoreError) {
                    try hub.store.database.requireContact()
                    return ""
                } catch {
                    return error.description
                }
            }
            while !cause().contains("fsync off") { _ = try await hub.send(.GET, "/healthz") }
        }
    }

    /// A primary without the others goes on, and does not know for a while that there may be a next one.
    @Test func primaryWithoutTheOthers_endsTheContact() async throws {
        let server = try await PostgresServer(.received)
        let stopwatch = ManualTime()
        try await TestHub.run(
            limits: Self.limits, on: TestDatabase(Self.location(server)), patience: .seconds(2), stopwatch: stopwatch
        ) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            #expect(hub.store.database.serverStatus?.syncingStandbys == 1)
            server.freezeReceiver()
            stopwatch.advance(milliseconds: 2001)
            try server.untilACommitWaits()
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: anna).status == 503)
            // The alert "no standby follows".
            #expect(hub.store.database.serverStatus?.syncingStandbys == 0)
            server.resumeReceiver()
            while try await hub.write(60, at: hub.now, token: anna).status != 200 {}
        }
    }

    /// A stream at a hub with a server of its own. The server has been silent for as long as the stopwatch says.
    private static func withStream(
        _ body:
            @escaping @Sendable (
                _ hub: TestHub, PostgresServer, _ stopwatch: ManualTime, _ token: String, inout RawConnection
            ) async throws -> Void
    ) async throws {
        let server = try await PostgresServer()
        let stopwatch = ManualTime()
        let database = TestDatabase(try location(server, isSingleCopy: true))
        try await TestHub.run(limits: limits, on: database, patience: .seconds(2), stopwatch: stopwatch) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            try await RawConnection.open(port: hub.port) { socket in
                _ = try await socket.upgrade("\(PulsoidPath.realTime)?access_token=\(anna)")
                try await body(hub, server, stopwatch, anna, &socket)
            }
        }
    }

    @Test func streams_withoutADatabase_areClosedWith1012_after30Seconds() async throws {
        try await Self.withStream { hub, server, stopwatch, _, socket in
            server.stop()
            stopwatch.advance(milliseconds: 30_000)
            await hub.tick()
            try await socket.roundTrip()
            stopwatch.advance(milliseconds: 1)
            await hub.tick()
            #expect(try await socket.readFrame().closeCode == 1012)
        }
    }

    /// The log keeps ten minutes. A hub whose machine slept finds its streams open, and could not close them before.
    @Test func streams_ofAHubThatWasAwayTooLong_areClosedWhenItIsBack() async throws {
        try await Self.withStream { hub, server, stopwatch, anna, socket in
            server.stop()
            stopwatch.advance(milliseconds: 60_001)
            try await server.start()
            #expect(try await socket.readFrame().closeCode == 1012)
            while try await !hub.isGood(anna) {}
        }
    }

    /// Managed servers become read-only when their disk is almost full.
    @Test func readOnlyServer_is503_andIsReadOn() async throws {
        let server = try await PostgresServer()
        try await TestHub.run(on: TestDatabase(Self.location(server, isSingleCopy: true))) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            #expect(try await hub.write(60, at: hub.now, token: anna).status == 200)
            try server.set("default_transaction_read_only", to: "on")
            #expect(try await hub.write(61, at: hub.now + 1, token: anna).status == 503)
            let latest = try await hub.send(.GET, PulsoidPath.latestHeartRate, token: anna)
            #expect(latest.body.contains(#""heart_rate":60"#), "\(latest)")
        }
    }

    @Test func hubs_thatStartAtOnce_makeTheTablesOnce_andThoseOfALaterVersionDisturbNone() async throws {
        let server = try await PostgresServer()
        let location = try Self.location(server, isSingleCopy: true)
        let stores = try await withThrowingTaskGroup(of: HubStore.self) { group in
            for _ in 0..<4 { group.addTask { try await HubStore.open(location) } }
            return try await group.reduce(into: [HubStore]()) { $0.append($1) }
        }
        let connection = try server.connect()
        let count = try connection.run("SELECT count(*) FROM hub_migration").first?[0].int
        #expect(count == Int64(PostgresSchema.migrations.count))
        let user = try await stores[0].accounts.addUser(named: "Anna").id
        try connection.runScript(
            """
            INSERT INTO hub_migration (name) VALUES ('P99 later');
            CREATE TABLE later (id bigint);
            ALTER TABLE token ADD COLUMN later text;
            ALTER TABLE reading ADD COLUMN later text
            """)
        for (index, store) in (stores + [try await HubStore.open(location)]).enumerated() {
            try await store.readings.append(
                StoredReading(userID: user, measuredAtMilliseconds: Int64(index), heartRate: 60))
            _ = try await store.accounts.issueToken(forUser: "Anna", scopes: ["profile:read"])
            #expect(try await store.readings.count(ofUser: user) == index + 1)
        }
    }

    private static var limits: HubLimits {
        var limits = HubLimits()
        limits.requestsPerSecond = 0
        return limits
    }

    @Test func stoppedServer_is503Soon_andStreamsGoOnWhenItIsBack() async throws {
        try await Self.withStream { hub, server, stopwatch, anna, socket in
            server.stop()
            // A read needs no database until it is too silent.
            stopwatch.advance(milliseconds: 2000)
            #expect(try await hub.isGood(anna))
            stopwatch.advance(milliseconds: 1)
            let refused = try await hub.send(.GET, PulsoidPath.validateToken, token: anna)
            #expect(refused.status == 503)
            #expect(refused.headers["retry-after"] == ["1"])
            #expect(try await hub.send(.GET, "/healthz").status == 503)
            try await server.start()
            while try await hub.write(60, at: hub.now, token: anna).status != 200 {}
            #expect(try await socket.readFrame().text.contains("60"))
        }
    }
}
