package import Postgres

/// Where a hub keeps everything.
package enum DatabaseLocation: Sendable, Hashable {
    /// A SQLite file, for one hub.
    case file(String)
    /// A PostgreSQL database, which many hubs share. With `isSingleCopy` a server is enough that keeps one copy.
    case server(PostgresAddress, isSingleCopy: Bool)
}
