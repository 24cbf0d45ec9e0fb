import Postgres

/// One step of the schema. Steps only add, so that hubs of two versions can share a database for the time of an
/// upgrade.
struct PostgresMigration: Sendable {
    /// In the table `hub_migration`.
    let name: String
    let sql: String
}

/// The tables of a hub's database on PostgreSQL.
enum PostgresSchema {
    /// The steps in order. A new one goes at the end.
    static let migrations = [
        PostgresMigration(name: "P1 directory", sql: directory),
        PostgresMigration(name: "P2 measurements", sql: measurements),
        PostgresMigration(name: "P3 log", sql: log),
        PostgresMigration(name: "P4 pending codes", sql: pendingCodes),
        PostgresMigration(name: "P5 move", sql: move),
        PostgresMigration(name: "P6 sessions", sql: sessions),
    ]

    /// How long a step may take, and how long another hub's steps are awaited.
    private static let limit: Duration = .seconds(120)

    /// Creates the tables, or brings those of an earlier version up to date. One hub at a time.
    /// - Throws: ``HubStoreError/Code/foreignDatabase`` for a database with other tables.
    static func migrate(_ connection: PostgresConnection) throws {
        let usual = connection.limit
        connection.limit = limit
        defer { connection.limit = usual }
        try connection.transaction {
            _ = try connection.run("SELECT pg_advisory_xact_lock($1::int, $2::int)", AdvisoryLock.schema.values)
            let isNew = try connection.run("SELECT to_regclass('hub_migration') IS NULL").first?[0].bool ?? true
            if isNew {
                let others = try connection.run(
                    "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
                guard others.first?[0].int == 0 else {
                    throw HubStoreError(
                        .foreignDatabase,
                        "The database has tables of another program. Name an empty one in the address.")
                }
                try requireUnicode(connection)
                try connection.runScript(
                    """
                    CREATE TABLE hub_migration (
                        name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())
                    """)
            }
            let done = Set(try connection.run("SELECT name FROM hub_migration").rows.compactMap { $0[0].text })
            for migration in migrations where !done.contains(migration.name) {
                try connection.runScript(migration.sql)
                _ = try connection.run("INSERT INTO hub_migration (name) VALUES ($1)", [.text(migration.name)])
            }
        }
    }

    /// A database with another encoding refuses names that clients may send, one by one. `SQL_ASCII` takes all bytes.
    private static func requireUnicode(_ connection: PostgresConnection) throws {
        let encoding = try connection.run("SELECT current_setting('server_encoding')").first?[0].text ?? ""
        guard !["UTF8", "SQL_ASCII"].contains(encoding) else { return }
        throw HubStoreError(
            .cannotOpen,
            "The database has the encoding \(encoding), which cannot hold every name. Make it again: "
                + "CREATE DATABASE strapline OWNER hub ENCODING 'UTF8' LOCALE 'C.UTF-8' TEMPLATE template0.")
    }
}

/// Locks that all hubs of one database share.
enum AdvisoryLock: Int64, Sendable {
    case schema = 0
    /// Held by a transaction that changes the directory, so that the log has its entries in the order of commits.
    case directory
    /// Held by the hub that deletes old measurements.
    case upkeep
    /// Held by a transaction about device and authorization codes.
    case pendingCodes
    /// Held by a transaction with a client's write, from the number of its entry in the log until its commit.
    case logOrder

    /// "StHb", as in the SQLite file.
    private static let group: Int64 = 0x5374_4862

    /// Waits for the lock, which the transaction holds until its end.
    var call: String { "pg_advisory_xact_lock(\(Self.group), \(rawValue))" }

    var values: [PostgresValue] { [.int8(Self.group), .int8(rawValue)] }
}
