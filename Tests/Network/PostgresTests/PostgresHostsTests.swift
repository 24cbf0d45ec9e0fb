import Postgres
import PostgresHarness
import TestKit
import Testing

/// Real servers, and addresses where none is.
@Suite(.timeLimit(.minutes(10)), .enabled(if: PostgresServer.isThere, "install PostgreSQL"))
struct PostgresHostsTests {
    private func failure(_ hosts: PostgresHosts, within limit: Duration) throws -> PostgresError {
        try #require(throws: PostgresError.self) { try hosts.connect(within: limit) }
    }

    @Test func primary_isFound_behindADeadAStandbyAndASilentHost() async throws {
        let primary = try await PostgresServer()
        let standby = try await PostgresServer(standbyOf: primary)
        let frozen = try await PostgresServer()
        frozen.freeze()
        let (dead, silent) = (DeafPort(), DeafPort(isListening: true))
        let others = ["127.0.0.1:\(dead.port)", "127.0.0.1:\(silent.port)", standby.host, frozen.host]
        let hosts = try PostgresHosts(
            primary.address(before: others), PostgresLibrary(), isSingleCopy: true)
        let connection = try hosts.connect(within: PostgresServer.patience)
        #expect(!connection.server.isInRecovery)
        #expect(try connection.run("SELECT pg_is_in_recovery()").first == [.bool(false)])
    }

    @Test func standby_promotedWhileAnotherHostIsSilent_isFound() async throws {
        let primary = try await PostgresServer(settings: ["log_connections=on"])
        let standby = try await PostgresServer(standbyOf: primary)
        primary.freeze()
        let hosts = try PostgresHosts(
            standby.address(before: [primary.host]), PostgresLibrary(), isSingleCopy: true)
        let client = PostgresClient(name: "search")
        let search = Task { try await client.connect(to: hosts, within: PostgresServer.patience) }
        // Its first answer is that of a standby.
        await standby.untilLogged("connection authorized")
        try await standby.promote()
        #expect(try await !search.value.isInRecovery)
    }

    @Test func standby_alone_isNoPrimary() async throws {
        let primary = try await PostgresServer()
        let standby = try await PostgresServer(standbyOf: primary)
        let error = try failure(standby.hosts(), within: PostgresServer.patience)
        #expect(error.code == .noPrimary && error.kind == .unavailable)
        #expect(error.description.contains("is a standby"))
    }

    @Test func primary_withoutASecondCopy_isTakenOnlyIfThatIsWanted() async throws {
        let server = try await PostgresServer()
        let hosts = try PostgresHosts(server.address(), PostgresLibrary())
        let bare = try failure(hosts, within: PostgresServer.patience)
        #expect(bare.code == .noStandby && bare.description.contains("synchronous_standby_names is empty"))
        #expect(try !server.connect().server.isSafe)
    }

    @Test func primary_whoseStandbyIsAway_isNotTakenUntilItIsBack() async throws {
        let server = try await PostgresServer(.received)
        server.endReceiver()
        let anyCopies = try PostgresHosts(server.address(), PostgresLibrary(), isSingleCopy: true)
        let watch = try anyCopies.connect(within: PostgresServer.patience)
        watch.limit = PostgresServer.patience
        // PostgreSQL reports no event for this, so its state is read again and again.
        try await poll { try watch.readServerState().syncingStandbys == 0 }
        let error = try failure(server.hosts(), within: PostgresServer.patience)
        #expect(error.code == .noStandby && error.description.contains("receiver"))
        try await server.startReceiver()
        #expect(try server.connect().server.isSafe)
    }

    @Test func user_withoutTheRightToSeeStandbys_isToldTheGrant() async throws {
        let server = try await PostgresServer(.received)
        try server.connect().runScript("CREATE ROLE hub LOGIN")
        let address = try PostgresAddress("postgres://hub@\(server.host)/postgres")
        let error = try failure(PostgresHosts(address, PostgresLibrary()), within: PostgresServer.patience)
        #expect(error.description.contains("GRANT pg_read_all_stats TO hub"))
        try server.connect().runScript("GRANT pg_read_all_stats TO hub")
        _ = try PostgresHosts(address, PostgresLibrary()).connect(within: PostgresServer.patience)
    }

    @Test func hosts_whenNoneAnswers_areAllNamedByTheDeadline() async throws {
        let frozen = try await PostgresServer()
        frozen.freeze()
        let dead = DeafPort()
        let hosts = try PostgresHosts(
            frozen.address(before: ["127.0.0.1:\(dead.port)", "no-such-host.invalid"]), PostgresLibrary())
        let error = try failure(hosts, within: .milliseconds(300))
        #expect(error.code == .unreachable)
        #expect(error.description.contains("127.0.0.1:\(dead.port)"))
        #expect(error.description.contains("no-such-host.invalid:5432: its name is not known"))
        #expect(error.description.contains("no answer"))
    }

    /// libpq reports these before there is a socket to wait for.
    @Test func connection_thatCannotBegin_isRefusedAtOnce() throws {
        let address = try PostgresAddress("postgres://%2Fno%2Fsuch%2Ffolder,127.0.0.1:1/s?sslmode=sometimes")
        let wrong = try failure(PostgresHosts(address, PostgresLibrary()), within: PostgresServer.patience)
        #expect(wrong.description.contains(#"invalid sslmode value: "sometimes""#), "\(wrong)")
        let folder = try PostgresAddress("postgres://%2Fno%2Fsuch%2Ffolder/s")
        let missing = try failure(PostgresHosts(folder, PostgresLibrary()), within: PostgresServer.patience)
        #expect(missing.description.contains("No such file or directory)"), "\(missing)")
    }

    @Test func server_withoutAFreeConnection_isNoMissingServer() async throws {
        let server = try await PostgresServer(
            settings: ["max_connections=2", "superuser_reserved_connections=0", "max_wal_senders=0"])
        let connections = try [server.connect(), server.connect()]
        let error = try failure(server.hosts(), within: PostgresServer.patience)
        #expect(error.description.contains("Raise max_connections") && error.kind == .unavailable, "\(error)")
        withExtendedLifetime(connections) {}
    }

    @Test func database_thatIsMissing_isNamed() async throws {
        let server = try await PostgresServer()
        let hosts = try PostgresHosts(server.address(database: "nowhere"), PostgresLibrary(), isSingleCopy: true)
        let error = try failure(hosts, within: PostgresServer.patience)
        #expect(error.sqlState == "3D000")
        #expect(error.description.contains("nowhere") && error.description.contains("Create the database"))
    }

    @Test func user_thatMayNotLogIn_isNotTakenForADeadServer() async throws {
        let server = try await PostgresServer()
        try server.connect().runScript("CREATE ROLE closed NOLOGIN")
        let address = try PostgresAddress("postgres://closed@\(server.host)/postgres")
        let hosts = PostgresHosts(address, try PostgresLibrary(), isSingleCopy: true)
        let error = try failure(hosts, within: PostgresServer.patience)
        #expect(error.sqlState == "28000" && error.isRefusedLogin)
        #expect(error.description.contains("Check the user in the address"))
    }
}
