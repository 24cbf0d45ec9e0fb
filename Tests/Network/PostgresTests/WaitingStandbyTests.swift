import Postgres
import PostgresHarness
import TestKit
import Testing

/// Standbys that wait for the next segment of the log, and hubs that write nothing without a standby.
@Suite(.timeLimit(.minutes(10)), .enabled(if: PostgresServer.isThere, "install PostgreSQL"))
struct WaitingStandbyTests {
    private func watch(_ server: PostgresServer) throws -> PostgresConnection {
        let hosts = try PostgresHosts(server.address(), PostgresLibrary(), isSingleCopy: true)
        let connection = try hosts.connect(within: PostgresServer.patience)
        connection.limit = PostgresServer.patience
        try connection.runScript("SET synchronous_commit = local")
        return connection
    }

    private func refuse(_ server: PostgresServer) throws {
        let hosts = try PostgresHosts(server.address(), PostgresLibrary())
        let error = try #require(throws: PostgresError.self) { try hosts.connect(within: PostgresServer.patience) }
        #expect(error.code == .noStandby)
    }

    private func bytesToTheEnd(_ connection: PostgresConnection) throws -> Int64 {
        let question = "SELECT (16777216 - (pg_current_wal_flush_lsn() - '0/0'::pg_lsn) % 16777216)::bigint"
        return try #require(connection.run(question).first?[0].int)
    }

    private func write(_ bytes: Int64, _ connection: PostgresConnection) throws {
        try connection.runScript("SELECT pg_logical_emit_message(true, 'test', repeat('x', \(bytes)))")
    }

    /// Writes until so many bytes of the segment are left.
    private func fill(_ connection: PostgresConnection, leaving bytes: Int64) throws {
        // A page of 8192 bytes has a head of 24.
        try write((bytesToTheEnd(connection) - bytes) * 8168 / 8192 - 200, connection)
        #expect(try (1..<bytes + 1000).contains(bytesToTheEnd(connection)))
    }

    private func untilReceived(_ connection: PostgresConnection, by count: Int64) async throws {
        let question = """
            SELECT count(*) FROM pg_stat_replication
            WHERE flush_lsn >= pg_current_wal_flush_lsn() AND replay_lsn IS NOT NULL
            """
        try await poll { try connection.run(question).first?[0].int == count }
    }

    @Test func primary_whoseStandbyIsAway_writesPastTheEndOfASegment_andNoFurther() async throws {
        let server = try await PostgresServer(.received)
        server.endReceiver()
        let watch = try watch(server)
        try await poll { try watch.readServerState().syncingStandbys == 0 }
        try fill(watch, leaving: 50_000)
        for _ in 0..<64 { try refuse(server) }
        let left = try bytesToTheEnd(watch)
        #expect(left > 65_536)
        for _ in 0..<8 { try refuse(server) }
        #expect(try left - bytesToTheEnd(watch) < 4096)
    }

    @Test func primary_withoutNames_isLeftAlone() async throws {
        let server = try await PostgresServer()
        let watch = try watch(server)
        try fill(watch, leaving: 50_000)
        let left = try bytesToTheEnd(watch)
        for _ in 0..<8 { try refuse(server) }
        #expect(try left - bytesToTheEnd(watch) < 1024)
    }

    /// The last primary dies in a record that reaches into the next segment. One standby has its beginning, and the
    /// other one becomes the primary without it.
    @Test func standby_thatWaitsForTheNextSegment_followsOnceAHubHasAsked() async throws {
        let last = try await PostgresServer(settings: ["wal_keep_size=500"])
        let next = try await PostgresServer(standbyOf: last)
        let late = try await PostgresServer(standbyOf: last)
        let watchLast = try watch(last)
        try fill(watchLast, leaving: 3000)
        try await untilReceived(watchLast, by: 2)
        let segment = try #require(
            watchLast.run("SELECT pg_walfile_name(pg_current_wal_flush_lsn())").first?[0].text)
        try await late.pauseReplay()
        next.stop()
        try write(200_000, watchLast)
        try await untilReceived(watchLast, by: 1)
        last.stop()
        late.stop()
        try late.removeLog(after: segment)

        try await next.start()
        try await next.promote()
        try watch(next).runScript("ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (*)'")
        try watch(next).runScript("SELECT pg_reload_conf()")
        try late.follow(next)
        try await late.start()
        let watchNext = try watch(next)
        try await poll {
            if try watchNext.readServerState().syncingStandbys > 0 { return true }
            _ = try? PostgresHosts(next.address(), PostgresLibrary()).connect(within: PostgresServer.patience)
            // PostgreSQL 15 ends when it finds that the beginning is of no use. Patroni starts it again.
            if late.hasEnded {
                late.stop()
                try await late.start()
            }
            return false
        }
        let found = try PostgresHosts(next.address(), PostgresLibrary()).connect(within: PostgresServer.patience)
        #expect(found.server.isSafe)
    }
}
