package import Files
import Postgres
package import Timing

/// Everything that a hub keeps: five stores over one database.
///
/// ```swift
/// let store = try HubStore(path: "hub.sqlite")
/// let anna = try await store.accounts.addUser(named: "Anna")
/// try await store.readings.append(reading)
/// ```
package final class HubStore: Sendable {
    package let database: HubDatabase
    package let accounts: AccountStore
    package let roster: RosterStore
    package let oauth: OAuthStore
    package let readings: ReadingStore
    package let sessions: SessionStore

    /// Corrections of the modes of the database's files.
    package let modeNotices: [PrivateMode.Notice]

    /// Connections that the database keeps open.
    package static var connectionCount: Int { SQLiteEngine.connectionCount }

    /// Opens the SQLite file and brings its schema up to date; creates the file (mode 0600) and its folder if they are
    /// missing. Changes by a command (`isCommand`) are noted for the running hub's log.
    ///
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/cannotOpen``, ``HubStoreError/Code/foreignDatabase`` or
    ///   ``HubStoreError/Code/newerSchema``.
    package convenience init(path: String, time: any TimeSource = KernelTime(), isCommand: Bool = false) throws {
        let cache = DirectoryCache()
        let engine = try SQLiteEngine(path: path, cache: cache)
        self.init(
            HubDatabase(engine, cache, time: time, isCommand: isCommand), modeNotices: engine.modeNotices)
    }

    /// Opens the database at a location, and brings its schema up to date.
    ///
    /// libpq is loaded only for a server. Of a server that keeps one copy only, or that does not sync, nothing is
    /// accepted unless `isSingleCopy`.
    ///
    /// A hub refuses requests when a server has been silent for longer than the `patience`, by the boot clock of the
    /// `stopwatch`. With `isServersTime`, `time` is the server's clock, and not another machine's. Throws
    /// ``HubStoreError``.
    package static func open(
        _ location: DatabaseLocation, time: any TimeSource = KernelTime(), isCommand: Bool = false,
        patience: Duration = .seconds(2), stopwatch: any TimeSource = KernelTime(), isServersTime: Bool = false
    ) async throws -> HubStore {
        switch location {
        case .file(let path): return try HubStore(path: path, time: time, isCommand: isCommand)
        case .server(let address, let isSingleCopy):
            let cache = DirectoryCache()
            let engine = try await PostgresEngine(
                address, isSingleCopy: isSingleCopy, patience: patience, stopwatch: stopwatch, time: time,
                isServersTime: isServersTime, cache: cache)
            return HubStore(HubDatabase(engine, cache, time: time, isCommand: isCommand), modeNotices: [])
        }
    }

    private init(_ database: HubDatabase, modeNotices: [PrivateMode.Notice]) {
        self.database = database
        self.modeNotices = modeNotices
        accounts = AccountStore(database)
        roster = RosterStore(database)
        oauth = OAuthStore(database)
        readings = ReadingStore(database)
        sessions = SessionStore(database)
    }

    package var time: any TimeSource { database.time }

    /// - Throws: ``HubStoreError/Code/cannotOpen`` for a server's database to which a hub was moved in part only: a
    ///   change would end the move.
    package func requireWhole() async throws {
        guard database.isShared else { return }
        try await database.read { try MoveProgress.requireWhole($0) }
    }

    /// Closes the database after all operations have ended.
    package func close() throws {
        try database.close()
    }
}
