import Files
import GRDB
import Synchronization

/// A hub's database as one SQLite file: the default.
///
/// The file is in WAL mode with `synchronous = FULL`: a write that returned is on disk. Writes that wait at the same
/// time share one transaction, and so one `fdatasync` (``commit(_:)``).
final class SQLiteEngine: DatabaseEngine {
    /// Connections that the engine keeps open.
    static let connectionCount = DatabaseFile.readerCount + 2

    /// The path of the file.
    let name: String
    /// Corrections of the modes of its files.
    let modeNotices: [PrivateMode.Notice]
    private let cache: DirectoryCache
    private let pool: DatabasePool
    /// For ``lookUp(_:)``.
    private let lookUps: DatabaseQueue
    // The lock guards the list between the writer's thread and the requests. No work is done under it.
    private let pending = Mutex<[PendingWrite]>([])
    private let files: OpenedFiles
    private let lock: DatabaseLock

    /// Opens the file and brings its schema up to date; creates the file (mode 0600) and its folder if they are
    /// missing. Fills the cache.
    ///
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/cannotOpen``, ``HubStoreError/Code/foreignDatabase`` or
    ///   ``HubStoreError/Code/newerSchema``.
    init(path: String, cache: DirectoryCache) throws {
        name = path
        self.cache = cache
        let lock = DatabaseLock(path: path)
        self.lock = lock
        do {
            try DatabaseFile.createPrivately(path)
            modeNotices = PrivateMode.restore(["", "-wal", "-shm"].map { path + $0 })
            pool = try lock.whileOpening {
                let pool = try DatabasePool(path: path, configuration: DatabaseFile.poolConfiguration)
                try HubSchema.migrate(pool)
                return pool
            }
            // GRDB sets NORMAL on the writer of a pool when it opens it, so this has to come after.
            try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            lookUps = try DatabaseQueue(path: path, configuration: DatabaseFile.lookUpConfiguration)
            files = OpenedFiles(path: path)
            try pool.writeWithoutTransaction { try updateDirectory($0) }
        } catch let error as HubStoreError {
            throw error
        } catch {
            throw HubStoreError(.cannotOpen, "Cannot open the hub's database \(path): \(error). Check the path.")
        }
    }

    func close() throws {
        try lookUps.close()
        try pool.close()
        lock.end()
    }

    func claim() -> Bool { lock.takeForServing() }

    var sizes: DatabaseSizes { DatabaseSizes(of: name) }

    // MARK: Access

    func read<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        do {
            return try await pool.read { try body(SQLiteSession($0)) }
        } catch {
            throw HubStoreError(foreign: error)
        }
    }

    func lookUp<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        do {
            return try await lookUps.read { try body(SQLiteSession($0)) }
        } catch {
            throw HubStoreError(foreign: error)
        }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (any SQLSession) throws -> Value) async throws -> Value {
        try await writeDirectly { db in try self.transaction(db, body) }
    }

    func changeDirectory<Value: Sendable>(
        _ body: @escaping @Sendable (any SQLSession) throws -> Value
    ) async throws -> Value {
        try await writeDirectly { db in
            self.cache.countTransaction()
            let value = try self.transaction(db, body)
            try self.updateDirectory(db)
            return value
        }
    }

    func followDirectory() async throws {
        try await writeDirectly { try self.updateDirectory($0) }
    }

    func checkReading() async throws {
        try await writeDirectly { db in
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema")
            try self.files.requireInPlace()
        }
    }

    /// Sets `user_version`, which the hub does not use.
    func checkWriting() async throws {
        try await writeDirectly { db in
            try self.files.requireInPlace()
            try db.execute(sql: "PRAGMA user_version = 0")
        }
    }

    /// Runs `body` on the writer, without a transaction.
    func writeDirectly<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            pool.asyncWriteWithoutTransaction { db in
                continuation.resume(with: Result { try body(db) }.mapError(HubStoreError.init(foreign:)))
            }
        }
    }

    private func transaction<Value>(_ db: Database, _ body: (any SQLSession) throws -> Value) throws -> Value {
        try db.inTransactionReturning {
            let value = try body(SQLiteSession(db))
            try files.requireInPlace()
            return value
        }
    }

    private func updateDirectory(_ db: Database) throws {
        var difference: DirectoryCache.Difference?
        // One transaction, so that all tables are read as of one moment.
        try db.inTransaction(.deferred) {
            difference = try cache.difference(SQLiteSession(db))
            return .commit
        }
        if let difference { cache.apply(difference) }
    }

    // MARK: Group commit

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
            cache.countTransaction()
            try db.inTransaction(.immediate) {
                var slots = SlotSums()
                for write in group {
                    try write.content.insert(db, counting: &report, stored: &stored, slots: &slots)
                }
                let session = SQLiteSession(db)
                for (userID, slot) in slots.sorted { try ReadingSlotTable.add(slot, ofUser: userID, session) }
                try files.requireInPlace()
                return .commit
            }
            report.succeeded = true
            report.storedReadings = stored.count
            report.seconds = (ContinuousClock.now - start) / .seconds(1)
            cache.committed(report)
            if !stored.isEmpty { cache.stored(stored) }
            for write in group { write.committed.resume() }
        } catch {
            let error = HubStoreError(foreign: error)
            cache.committed(CommitReport())
            for write in group { write.committed.resume(throwing: error) }
        }
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
