package import Files
import GRDB
import Synchronization
package import Timing

/// The hub's database: one SQLite file. The stores reach it only through this type.
///
/// **Durable.** The file is in WAL mode with `synchronous = FULL`: a write that returned is on disk. Writes that wait
/// at the same time share one transaction, and so one `fdatasync` (``commit(_:)``).
///
/// **Shared.** The commands of the administration are other processes that write to the same file. ``DirectoryLog``
/// records the rows that they change: ``refreshDirectory()`` reads only these.
///
/// **Small.** The ``AccountDirectory`` is in memory, because every request needs it. Readings and beats are not.
///
/// **Safe from strangers.** A stranger's request reads the directory, or uses a separate connection that can only read
/// (``lookUp(_:)``). Only changes use the writer.
package final class HubDatabase: Sendable {
    struct State {
        var directory = AccountDirectory()
        /// The newest entry of the ``DirectoryLog`` in the directory; nil before the first reading.
        var logEntry: Int64?
        var observer: (@Sendable (HubEvent) -> Void)?
        var work = Work()
    }

    /// Counters since the database was opened.
    struct Work: Sendable, Equatable {
        /// Transactions that took the write lock.
        var writeTransactions = 0
        /// How often the whole directory was read.
        var directoryReads = 0
        /// Rows of the directory that were read singly.
        var directoryRows = 0
    }

    /// Connections that the database keeps open.
    package static let connectionCount = DatabaseFile.readerCount + 2

    /// The path of the file.
    package let path: String
    /// Corrections of the modes of its files.
    package let modeNotices: [PrivateMode.Notice]
    package let time: any TimeSource
    private let pool: DatabasePool
    /// For ``lookUp(_:)``.
    private let lookUps: DatabaseQueue
    /// Whether this process is a command of the administration, and not the hub.
    private let isCommand: Bool
    // The two locks guard single values between SQLite's writer thread and the requests. No work is done under them.
    private let state = Mutex(State())
    private let pending = Mutex<[PendingWrite]>([])

    /// Opens the file and brings its schema up to date; creates the file (mode 0600) and its folder if they are
    /// missing. Changes by a command (`isCommand`) are noted for the running hub's log.
    ///
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/cannotOpen``, ``HubStoreError/Code/foreignDatabase`` or
    ///   ``HubStoreError/Code/newerSchema``.
    package init(path: String, time: any TimeSource, isCommand: Bool) throws {
        self.path = path
        self.time = time
        self.isCommand = isCommand
        do {
            try DatabaseFile.createPrivately(path)
            modeNotices = PrivateMode.restore(["", "-wal", "-shm"].map { path + $0 })
            pool = try DatabasePool(path: path, configuration: DatabaseFile.poolConfiguration)
            try HubSchema.migrate(pool)
            // GRDB sets NORMAL on the writer of a pool when it opens it, so this has to come after.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            lookUps = try DatabaseQueue(path: path, configuration: DatabaseFile.lookUpConfiguration)
            try pool.writeWithoutTransaction { try updateDirectory($0) }
        } catch let error as HubStoreError {
            throw error
        } catch {
            throw HubStoreError(.cannotOpen, "Cannot open the hub's database \(path): \(error). Check the path.")
        }
    }

    /// Closes the file after all operations have ended.
    package func close() throws {
        try lookUps.close()
        try pool.close()
    }

    var work: Work { state.withLock { $0.work } }

    package var sizes: DatabaseSizes { DatabaseSizes(of: path) }

    // MARK: Access

    /// Reads beside the writer.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await pool.read(body)
        } catch {
            throw HubStoreError(foreign: error)
        }
    }

    /// Reads a row or two for a possible stranger, on a connection of its own: it delays no other request.
    func lookUp<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await lookUps.read(body)
        } catch {
            throw HubStoreError(foreign: error)
        }
    }

    /// Runs `body` on the writer, even if the calling task is cancelled: other requests may depend on it.
    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncWriteWithoutTransaction { db in
                continuation.resume(with: Result { try body(db) }.mapError(HubStoreError.init(foreign:)))
            }
        }
    }

    /// Runs a change of the directory in one transaction, then brings the directory up to date. The observer receives
    /// its event after the commit.
    func writeDirectory<Value: Sendable>(
        _ change: @escaping @Sendable (ChangeTransaction) throws -> Value
    ) async throws -> Value {
        try await write { db in
            self.state.withLock { $0.work.writeTransactions += 1 }
            let now = self.time.now().wallMilliseconds
            let transaction = ChangeTransaction(db: db, now: now, isNoted: self.isCommand)
            let value = try db.inTransactionReturning {
                let value = try change(transaction)
                try DirectoryLog.prune(db)
                return value
            }
            try self.updateDirectory(db)
            return value
        }
    }

    /// Returns after the writer had a turn and could read.
    /// - Throws: ``HubStoreError``.
    package func checkReading() async throws {
        try await write { _ = try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
    }

    /// Tries a write that changes nothing: it sets `user_version`, which the hub does not use.
    /// - Throws: ``HubStoreError``.
    package func checkWriting() async throws {
        try await write { try $0.execute(sql: "PRAGMA user_version = 0") }
    }

    /// Returns the changes by commands since the last call.
    /// - Throws: ``HubStoreError``; then the next call returns the same changes.
    package func takeNotedChanges() async throws -> [NotedChange] {
        let changes = try await read { try NotedChange.all($0) }
        guard let last = changes.last else { return [] }
        try await write { try NotedChange.delete(upTo: last.id, $0) }
        return changes
    }

    /// Whether changes by commands wait for a running hub. A hub takes them each second.
    package func hasNotedChanges() async throws -> Bool {
        try await !read { try NotedChange.all($0) }.isEmpty
    }

    // MARK: Group commit

    /// Keeps a write and returns when it is on disk.
    ///
    /// Group commit without a clock: every write asks the writer for a turn. The first turn commits all writes that
    /// wait, and the later ones find nothing to do.
    func commit(_ content: PendingWrite.Content) async throws {
        try await withCheckedThrowingContinuation { continuation in
            pending.withLock { $0.append(PendingWrite(content: content, committed: continuation)) }
            pool.asyncWriteWithoutTransaction { self.commitPending($0) }
        }
    }

    private func commitPending(_ db: Database) {
        let group = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        guard !group.isEmpty else { return }
        let start = ContinuousClock.now
        var report = CommitReport()
        do {
            var stored: [StoredReading] = []
            state.withLock { $0.work.writeTransactions += 1 }
            try db.inTransaction(.immediate) {
                for write in group { try write.content.insert(db, counting: &report, stored: &stored) }
                return .commit
            }
            report.succeeded = true
            report.storedReadings = stored.count
            report.seconds = (ContinuousClock.now - start) / .seconds(1)
            let (observer, directory) = state.withLock { ($0.observer, $0.directory) }
            observer?(.committed(report))
            if !stored.isEmpty { observer?(.stored(stored, directory)) }
            for write in group { write.committed.resume() }
        } catch {
            let error = HubStoreError(foreign: error)
            state.withLock { $0.observer }?(.committed(CommitReport()))
            for write in group { write.committed.resume(throwing: error) }
        }
    }

    // MARK: Directory

    /// The directory as it was last read.
    package var directory: AccountDirectory { state.withLock { $0.directory } }

    /// Calls `observer` for every commit from now on, in order, on the writer's thread. It must not wait.
    package func observe(_ observer: (@Sendable (HubEvent) -> Void)?) {
        state.withLock { $0.observer = observer }
    }

    /// Brings the directory up to date if another process has changed it. Without changes it costs the writer nothing.
    package func refreshDirectory() async throws {
        let newest = try await lookUp { try DirectoryLog.newest($0) }
        guard state.withLock({ $0.logEntry != newest }) else { return }
        try await write { try self.updateDirectory($0) }
    }

    /// Reads the changed rows of the directory. Reads all rows the first time, and if too many have changed.
    private func updateDirectory(_ db: Database) throws {
        let seen = state.withLock { $0.logEntry }
        var newest: Int64 = 0
        var update: DirectoryUpdate?
        var all: AccountDirectory?
        // One transaction, so that all tables are read as of one moment.
        try db.inTransaction(.deferred) {
            newest = try DirectoryLog.newest(db)
            guard newest != seen else { return .commit }
            if let seen, let log = try DirectoryLog(after: seen, db) {
                update = try DirectoryUpdate(reading: log, knowing: directory, db)
            } else {
                all = try AccountDirectory(reading: db)
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

/// A transaction that changes the directory.
struct ChangeTransaction {
    let db: Database
    /// Milliseconds since the Unix epoch.
    let now: Int64
    fileprivate let isNoted: Bool

    /// Notes a change by a command for the running hub's log. The hub logs its own changes itself.
    func note(_ change: AdminChange) throws {
        if isNoted { try NotedChange.insert(change, now: now, db) }
    }
}

extension Database {
    /// `inTransaction(_:_:)` for a closure with a result.
    fileprivate func inTransactionReturning<Value>(_ body: () throws -> Value) throws -> Value {
        try beginTransaction(.immediate)
        do {
            let value = try body()
            try commit()
            return value
        } catch {
            // A failed commit may have ended the transaction by itself.
            if isInsideTransaction { try rollback() }
            throw error
        }
    }
}
