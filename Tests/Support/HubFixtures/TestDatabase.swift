import FoundationEssentials
package import HubStore
package import Postgres
import Synchronization
import TestKit
package import Timing

/// The database of one test: a SQLite file, or a database of its own on the server that `HUB_TEST_DATABASE` names.
package final class TestDatabase: Sendable {
    /// Whether the tests run with PostgreSQL.
    package static var isShared: Bool { server != nil }

    private static let server = ProcessInfo.processInfo.environment["HUB_TEST_DATABASE"]
    /// Databases of ended tests, and the number of all. To make one takes long.
    private static let pool = Mutex((free: [String](), count: 0))
    /// A busy machine needs long for a server's answer. A test of silence has a server of its own.
    package static let patience: Duration = .seconds(60)

    package let location: DatabaseLocation
    private let directory = TemporaryDirectory()
    /// On the server; nil for a file.
    private let name: String?

    package init() throws {
        guard let server = Self.server else {
            name = nil
            location = .file(directory.file("hub.sqlite"))
            return
        }
        let (known, number) = Self.pool.withLock { pool in
            let known = pool.free.popLast()
            if known == nil { pool.count += 1 }
            return (known, pool.count)
        }
        let name = known ?? "hub_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
        let base = server.prefix(upTo: server.lastIndex(of: "/") ?? server.endIndex)
        let address = "\(base)/\(name)"
        if known == nil {
            try Self.run("CREATE DATABASE \(name) TEMPLATE template0", at: server)
        } else {
            try Self.run(Self.emptying, at: address)
        }
        location = .server(try PostgresAddress(address), isSingleCopy: true)
        self.name = name
    }

    /// A file or a server of the test's own.
    package init(_ location: DatabaseLocation) {
        name = nil
        self.location = location
    }

    deinit {
        if let name { Self.pool.withLock { $0.free.append(name) } }
    }

    /// The path of the file; empty for a database on a server.
    package var path: String {
        if case .file(let path) = location { path } else { "" }
    }

    /// `time` is the server's too, which may be silent for the `patience`, by the `stopwatch`.
    package func open(
        time: any TimeSource, isCommand: Bool = false, patience: Duration = patience,
        stopwatch: any TimeSource = KernelTime()
    ) async throws -> HubStore {
        try await HubStore.open(
            location, time: time, isCommand: isCommand, patience: patience, stopwatch: stopwatch, isServersTime: true)
    }

    /// Ends the connections of the test before, and deletes all rows but those of the schema. It waits, for 30 seconds
    /// at most, until each has ended: one that ends still has its locks, and may commit.
    private static let emptying = """
        SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
        DO $$
        DECLARE
            name text;
        BEGIN
            FOR name IN SELECT relname FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
                    AND relname NOT IN ('hub_migration', 'client', 'directory_log', 'hub_event')
            LOOP
                EXECUTE format('DELETE FROM %I', name);
            END LOOP;
            DELETE FROM client WHERE id <> 'strapline-hub';
            DELETE FROM directory_log;
            DELETE FROM hub_event;
            PERFORM setval(oid::regclass, 1, false) FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind = 'S';
        END $$;
        """

    /// Runs statements on the database of a server, past the hub.
    package func run(_ script: String) throws {
        guard case .server(let address, _) = location else { return }
        try Self.run(script, at: address.description)
    }

    /// A connection to the database of a server, past the hub.
    package func connect() throws -> PostgresConnection {
        guard case .server(let address, _) = location else { throw PostgresError(.unreachable, "a file has no server") }
        return try Self.connect(to: address)
    }

    private static func run(_ script: String, at address: String) throws {
        try connect(to: PostgresAddress(address)).runScript(script)
    }

    private static func connect(to address: PostgresAddress) throws -> PostgresConnection {
        let connection = try PostgresHosts(address, PostgresLibrary(), isSingleCopy: true).connect(within: patience)
        connection.limit = patience
        return connection
    }
}
