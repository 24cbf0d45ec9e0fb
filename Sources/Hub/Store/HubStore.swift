import FoundationEssentials
import GRDB
import Synchronization
public import Timing

/// The hub's memory: users, tokens, rooms, readings and beats in one SQLite file.
///
/// **Durable.** The file is in WAL mode with `synchronous = FULL`: a write that returned is on disk. Writes that wait at
/// the same time share one transaction, and so one `fdatasync` (``append(_:)``).
///
/// **Shared.** The administration is other processes that write to the same file. SQLite's `PRAGMA data_version`, asked on
/// the writing connection, changes when somebody else has committed and costs microseconds: ``refreshDirectory()``.
///
/// **Small.** The ``Directory`` is held in memory, for every request needs it; readings and beats never are.
public final class HubStore: Sendable {
    struct State {
        var directory = Directory()
        /// Of the last time the directory was read; nil before.
        var dataVersion: Int64?
        var observer: (@Sendable (HubEvent) -> Void)?
    }

    /// Where the file is.
    public let path: String
    let database: DatabasePool
    let time: any TimeSource
    // The two locks guard single values between the writer's queue, which is SQLite's own thread, and the requests; no
    // work is done while one is held.
    let state = Mutex(State())
    let pending = Mutex<[PendingWrite]>([])

    /// Opens the database and brings its schema up to date; creates the file (mode 0600) and its folder where missing.
    ///
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/cannotOpen``, ``HubStoreError/Code/foreignDatabase`` or
    ///   ``HubStoreError/Code/newerSchema``.
    public init(path: String, time: any TimeSource = KernelTime()) throws {
        self.path = path
        self.time = time
        do {
            try Self.createPrivateFile(path)
            database = try DatabasePool(path: path, configuration: Self.configuration)
            try Self.migrate(database)
            // GRDB sets NORMAL on the writer of a pool when it opens it, so this has to come after.
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            try database.writeWithoutTransaction { try reloadDirectoryIfChanged($0) }
        } catch let error as HubStoreError {
            throw error
        } catch {
            throw HubStoreError(.cannotOpen, "Cannot open the hub's database \(path): \(error). Check the path.")
        }
    }

    /// Closes the file once everything under way has ended.
    public func close() throws {
        try database.close()
    }

    /// The directory as it was last read.
    var directory: Directory { state.withLock { $0.directory } }

    /// From now on `observer` hears of everything that is committed, one event after another, on the writer's queue: it
    /// must not wait.
    func observe(_ observer: (@Sendable (HubEvent) -> Void)?) {
        state.withLock { $0.observer = observer }
    }

    /// Reads the directory anew if another process has written to the file.
    func refreshDirectory() async throws {
        try await onWriter { try self.reloadDirectoryIfChanged($0) }
    }

    /// Runs `body` on the writer's queue, whether or not the calling task is cancelled meanwhile: others may depend on it.
    func onWriter<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            database.asyncWriteWithoutTransaction { db in
                continuation.resume(with: Result { try body(db) }.mapError(HubStoreError.init(foreign:)))
            }
        }
    }

    func reloadDirectoryIfChanged(_ db: Database) throws {
        let version = try Int64.fetchOne(db, sql: "PRAGMA data_version")
        guard state.withLock({ $0.dataVersion != version }) else { return }
        try reloadDirectory(db, dataVersion: version)
    }

    func reloadDirectory(_ db: Database, dataVersion: Int64?) throws {
        var next = Directory()
        // One transaction, so that all tables are read as they were at one moment.
        try db.inTransaction(.deferred) {
            next = try Directory(reading: db)
            return .commit
        }
        let directory = next
        let (changes, observer) = state.withLock { state in
            let changes = state.dataVersion == nil ? [] : state.directory.changes(to: directory)
            state.directory = directory
            state.dataVersion = dataVersion
            return (changes, state.observer)
        }
        if !changes.isEmpty { observer?(.directoryChanged(changes, directory)) }
    }
}
