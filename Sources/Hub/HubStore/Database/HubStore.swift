package import Files
import FoundationEssentials
import GRDB
import Synchronization
package import Timing

/// The hub's memory: users, tokens, rooms, readings and beats in one SQLite file.
///
/// **Durable.** The file is in WAL mode with `synchronous = FULL`: a write that returned is on disk. Writes that wait at
/// the same time share one transaction, and so one `fdatasync` (``append(_:)``).
///
/// **Shared.** The administration is other processes that write to the same file. The ``DirectoryLog`` names the rows
/// that they have changed: ``refreshDirectory()`` looks at its newest entry, and reads these rows alone.
///
/// **Small.** The ``Directory`` is held in memory, because every request needs it; readings and beats never are.
///
/// **Not to be kept busy by strangers.** What a stranger sends is looked up in the directory, or with a connection of
/// its own that only reads (``lookUp(_:)``). The writer works for those alone who change something.
package final class HubStore: Sendable {
    struct State {
        var directory = Directory()
        /// The newest entry of the ``DirectoryLog`` that the directory knows; nil before it was read.
        var logEntry: Int64?
        var observer: (@Sendable (HubEvent) -> Void)?
        var work = Work()
    }

    /// What the store has done since it was opened.
    struct Work: Sendable, Equatable {
        /// Transactions that took the database's write lock.
        var writeTransactions = 0
        /// How often the directory was read as a whole.
        var directoryReads = 0
        /// Rows of the directory that were read by themselves.
        var directoryRows = 0
    }

    /// Where the file is.
    package let path: String
    /// What was wrong with the modes of its files.
    package let modeNotices: [PrivateMode.Notice]
    let database: DatabasePool
    /// For ``lookUp(_:)``.
    private let lookUps: DatabaseQueue
    package let time: any TimeSource
    /// Whether this process is a command of the administration, and not the hub.
    let isCommand: Bool
    // The two locks guard single values between the writer's queue, which is SQLite's own thread, and the requests; no
    // work is done while one is held.
    let state = Mutex(State())
    let pending = Mutex<[PendingWrite]>([])

    /// Opens the database and brings its schema up to date; creates the file (mode 0600) and its folder where missing. What a
    /// command of the administration (`isCommand`) changes is noted for the running hub's log.
    ///
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/cannotOpen``, ``HubStoreError/Code/foreignDatabase`` or
    ///   ``HubStoreError/Code/newerSchema``.
    package init(path: String, time: any TimeSource = KernelTime(), isCommand: Bool = false) throws {
        self.path = path
        self.time = time
        self.isCommand = isCommand
        do {
            try Self.createPrivateFile(path)
            modeNotices = PrivateMode.restore(["", "-wal", "-shm"].map { path + $0 })
            database = try DatabasePool(path: path, configuration: Self.configuration)
            try Self.migrate(database)
            // GRDB sets NORMAL on the writer of a pool when it opens it, so this has to come after.
            try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            lookUps = try DatabaseQueue(path: path, configuration: Self.lookUpConfiguration)
            try database.writeWithoutTransaction { try updateDirectory($0) }
        } catch let error as HubStoreError {
            throw error
        } catch {
            throw HubStoreError(.cannotOpen, "Cannot open the hub's database \(path): \(error). Check the path.")
        }
    }

    /// Closes the file once everything under way has ended.
    package func close() throws {
        try lookUps.close()
        try database.close()
    }

    /// The directory as it was last read.
    package var directory: Directory { state.withLock { $0.directory } }

    /// From now on `observer` hears of everything that is committed, one event after another, on the writer's queue: it
    /// must not wait.
    package func observe(_ observer: (@Sendable (HubEvent) -> Void)?) {
        state.withLock { $0.observer = observer }
    }

    /// What was done since the store was opened.
    var work: Work { state.withLock { $0.work } }

    /// Brings the directory up to date if another process has changed something in it. Costs the writer nothing
    /// otherwise.
    package func refreshDirectory() async throws {
        let newest = try await lookUp { try DirectoryLog.newest($0) }
        guard state.withLock({ $0.logEntry != newest }) else { return }
        try await onWriter { try self.updateDirectory($0) }
    }

    /// Reads a row or two for a caller who may be a stranger: neither the writer nor the readers of users' data wait
    /// for it.
    func lookUp<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await lookUps.read(body)
        } catch {
            throw HubStoreError(foreign: error)
        }
    }

    /// Runs `body` on the writer's queue, whether or not the calling task is cancelled meanwhile: others may depend on it.
    func onWriter<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            database.asyncWriteWithoutTransaction { db in
                continuation.resume(with: Result { try body(db) }.mapError(HubStoreError.init(foreign:)))
            }
        }
    }

    /// Reads the rows of the directory that have changed since the last time; all of them at the first time, and where
    /// too much has changed.
    func updateDirectory(_ db: Database) throws {
        let seen = state.withLock { $0.logEntry }
        var newest: Int64 = 0
        var update: DirectoryUpdate?
        var all: Directory?
        // One transaction, so that all tables are read as they were at one moment.
        try db.inTransaction(.deferred) {
            newest = try DirectoryLog.newest(db)
            guard newest != seen else { return .commit }
            if let seen, let log = try DirectoryLog(after: seen, db) {
                update = try DirectoryUpdate(reading: log, knowing: directory, db)
            } else {
                all = try Directory(reading: db)
            }
            return .commit
        }
        if let update {
            replaceDirectory(logEntry: newest) { state in
                state.work.directoryRows += update.rowCount
                return state.directory.apply(update)
            }
        } else if let all {
            replaceDirectory(logEntry: newest) { state in
                state.work.directoryReads += 1
                let changes = seen == nil ? [] : state.directory.changes(to: all)
                state.directory = all
                return changes
            }
        }
    }

    private func replaceDirectory(logEntry: Int64, _ replace: (inout State) -> [DirectoryChange]) {
        let (changes, directory, observer) = state.withLock { state in
            let changes = replace(&state)
            state.logEntry = logEntry
            return (changes, state.directory, state.observer)
        }
        if !changes.isEmpty { observer?(.directoryChanged(changes, directory)) }
    }
}
