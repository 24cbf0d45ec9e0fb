import FoundationEssentials
import Glibc
import MosquittoHarness
package import Postgres
import Synchronization
import TestKit

/// A real PostgreSQL for one test, on a Unix socket; ended with the last reference.
package final class PostgresServer: Sendable {
    package enum Copies: Sendable {
        /// The server alone: connect with `isSingleCopy`.
        case one
        /// A commit waits for `pg_receivewal`, which writes the log to a second folder.
        case received
    }

    /// Whether it is installed (apt install postgresql).
    package static var isThere: Bool { PostgresPrograms.areThere }

    /// A limit that no call reaches by chance, however busy the machine is.
    package static let patience: Duration = .seconds(300)

    private static let receiver = "receiver"
    private static let ready = "database system is ready to accept"

    let directory = TemporaryDirectory()
    private let copies: Copies
    private let settings: [String]
    private let server = Mutex<LineProgram?>(nil)
    private let receiving = Mutex<LineProgram?>(nil)

    /// Makes and starts a server. `settings` are as in `postgresql.conf`: "max_connections=20".
    package init(_ copies: Copies = .one, settings: [String] = []) async throws {
        self.copies = copies
        self.settings = settings
        try makeFolder()
        try await PostgresPrograms.run(
            "initdb",
            ["-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"],
            hasWorked: { lines in lines.contains { $0.hasPrefix("Success") } })
        if copies == .received { try nameReceiver() }
        try await start()
    }

    /// In the file, because ``waiveCopies()`` could not change an option of the program.
    private func nameReceiver() throws {
        let path = data + "/postgresql.conf"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let line = "synchronous_standby_names = 'ANY 1 (\(Self.receiver))'\n"
        try (text + line).write(toFile: path, atomically: false, encoding: .utf8)
    }

    /// Makes and starts a standby that streams from another server.
    package init(standbyOf primary: PostgresServer) async throws {
        copies = .one
        settings = primary.settings
        try makeFolder()
        try await PostgresPrograms.run(
            "pg_basebackup",
            [
                "-D", data, "-h", primary.directory.path, "-U", "postgres", "-R", "-X", "stream", "-c", "fast",
                "--no-sync",
            ],
            hasWorked: \.isEmpty)
        try await start()
    }

    deinit {
        stop()
    }

    /// `postgres://postgres@%2Ftmp%2F…/postgres`; with more hosts before its own one.
    package func address(
        database: String = "postgres", before others: [String] = []
    ) throws -> PostgresAddress {
        try PostgresAddress("postgres://postgres@\((others + [host]).joined(separator: ","))/\(database)")
    }

    /// The server's own part of an address.
    package var host: String { directory.path.split(separator: "/").map { "%2F" + $0 }.joined() }

    package func hosts() throws -> PostgresHosts {
        try PostgresHosts(address(), PostgresLibrary(), isSingleCopy: copies == .one)
    }

    /// A connection with a deadline that no test reaches by chance.
    package func connect() throws -> PostgresConnection {
        let connection = try hosts().connect(within: Self.patience)
        connection.limit = Self.patience
        return connection
    }

    // MARK: The life of the server

    package func start() async throws {
        var words = [
            "-D", data, "-k", directory.path, "-c", "listen_addresses=", "-c", "shared_buffers=16MB",
            // Its lines are read now and then only: a long log would stop it.
            "-c", "log_min_error_statement=panic",
        ]
        for setting in settings { words += ["-c", setting] }
        let started = try LineProgram(PostgresPrograms.call("postgres", words))
        let lines = await started.until { lines in lines.contains { $0.contains(Self.ready) } }
        guard lines.contains(where: { $0.contains(Self.ready) }) else {
            throw PostgresStartError(lines: lines)
        }
        server.withLock { $0 = started }
        if copies == .received { try await startReceiver() }
    }

    /// Ends it at once, with all connections.
    package func stop() {
        endReceiver()
        guard let ended = server.withLock({ $0.take() }) else { return }
        // A frozen one hears no signal.
        ended.goOn()
        ended.end(SIGQUIT)
    }

    /// Whether it ended by itself.
    package var hasEnded: Bool { server.withLock { $0 }?.hasEnded ?? false }

    /// It accepts connections and answers none until ``resume()``.
    package func freeze() { server.withLock { $0 }?.pause() }

    package func resume() { server.withLock { $0 }?.goOn() }

    /// Makes the primary of a standby.
    package func promote() async throws {
        try await PostgresPrograms.run("pg_ctl", ["promote", "-D", data]) { lines in
            lines.contains { $0.contains("server promoted") }
        }
    }

    /// Returns when its log has a line with this text.
    package func untilLogged(_ text: String) async {
        await server.withLock { $0 }?.until { lines in lines.contains { $0.contains(text) } }
    }

    // MARK: The second copy

    /// Returns when a commit waits for it, and not in vain.
    package func startReceiver() async throws {
        let words = PostgresPrograms.call(
            "pg_receivewal",
            [
                "-D", directory.file("received"), "--synchronous", "--status-interval=1", "-d",
                "host=\(directory.path) user=postgres application_name=\(Self.receiver)", "--no-loop", "-v",
            ])
        let started = try LineProgram(words)
        await started.until { lines in lines.contains { $0.contains("starting log streaming") } }
        receiving.withLock { $0 = started }
        // Its first report makes it a standby. PostgreSQL reports no event for that, so its state is read again.
        let watch = try PostgresHosts(address(), PostgresLibrary(), isSingleCopy: true).connect(within: Self.patience)
        watch.limit = Self.patience
        while try watch.readServerState().syncingStandbys == 0 {
            if started.lines.contains(where: { $0.contains("error:") }) {
                throw PostgresStartError(lines: started.lines)
            }
            _ = try watch.run("SELECT pg_sleep(0.02)")
        }
    }

    /// Nothing confirms a commit until it is started again.
    package func endReceiver() {
        receiving.withLock { $0.take() }?.end(SIGKILL)
    }

    /// It stays connected and confirms nothing until ``resumeReceiver()``.
    package func freezeReceiver() { receiving.withLock { $0 }?.pause() }

    package func resumeReceiver() { receiving.withLock { $0 }?.goOn() }

    /// From now on a commit waits for no second copy. Those that wait succeed, as when a failover manager does this.
    package func waiveCopies() throws {
        let watch = try PostgresHosts(address(), PostgresLibrary(), isSingleCopy: true).connect(within: Self.patience)
        watch.limit = Self.patience
        try watch.runScript("ALTER SYSTEM SET synchronous_standby_names = ''")
        try watch.runScript("SELECT pg_reload_conf()")
    }

    /// Returns when a commit waits for its confirmation.
    package func untilACommitWaits() throws {
        let watch = try PostgresHosts(address(), PostgresLibrary(), isSingleCopy: true).connect(within: Self.patience)
        watch.limit = Self.patience
        let question = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        while try watch.run(question).first?[0].int == 0 { try Task.checkCancellation() }
    }

    /// Returns when a setting has a value for new connections.
    package func set(_ setting: String, to value: String) throws {
        let connection = try connect()
        try connection.runScript("ALTER SYSTEM SET \(setting) = \(value)")
        try connection.runScript("SELECT pg_reload_conf()")
        // The server reads its settings a moment later.
        while try connect().run("SELECT current_setting('\(setting)')").first?[0].text != value {
            try Task.checkCancellation()
        }
    }

    // MARK: Files

    var data: String { directory.file("data") }

    private func makeFolder() throws {
        for folder in [data, directory.file("received")] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            chmod(folder, 0o700)
        }
        guard getuid() == 0, let owner = PostgresPrograms.owner else { return }
        for folder in [directory.path, data, directory.file("received")] { chown(folder, owner.user, owner.group) }
    }
}
