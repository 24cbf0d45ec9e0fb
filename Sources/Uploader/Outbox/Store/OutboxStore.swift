import FoundationEssentials
import GRDB
import HeartRate

/// The SQL of the outbox: one connection, used by one actor only. Errors are GRDB's.
struct OutboxStore {
    struct Boot {
        let id: Int64
        let firstReadingID: Int64
        let isClockTrusted: Bool
    }

    /// SQLite would keep the last 2 MB of written pages, which are not read again. Appends, cursors and catching-up
    /// lanes need one path from the root to a leaf each, of four pages at most: this is enough for about fifty paths.
    static let pageCacheKibibytes = 256

    /// The size of the write-ahead log before it is copied into the file and restarted. While it grows, each synced
    /// commit makes the file system write the new size too, which is twice as much as the commit itself. SQLite's own
    /// limit is four times as large. (Benchmarks/README.md)
    private static let logPages = 250

    let database: DatabaseQueue
    private(set) var strapIDs: [String: Int64] = [:]
    /// Whether commits are synced at present. Appends are, cursors are not, which spares the disk. If a power cut takes
    /// a cursor back, some readings are delivered twice, which is allowed.
    private var syncsCommits: Bool?

    /// Opens the file, which exists, and brings it to today's schema.
    init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "outbox"
        configuration.journalMode = .wal
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            // Before WAL: afterwards the size of a page cannot be changed.
            try db.execute(sql: "PRAGMA page_size = \(Schema.pageBytes)")
            try db.execute(sql: "PRAGMA cache_size = -\(Self.pageCacheKibibytes)")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.logPages)")
            try Schema.refuseForeignFile(db, path: path)
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
        try Schema.migrator.migrate(database)
    }

    /// Opens the file to look at where it stands, while the disk takes no writes.
    init(reading path: String) throws {
        var configuration = Configuration()
        configuration.label = "outbox, read-only"
        configuration.readonly = true
        configuration.prepareDatabase { try Schema.refuseForeignFile($0, path: path) }
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
        } catch  where !OutboxFile.hasLog(path) {
            // SQLite cannot create its shared memory there; a file without writers needs none.
            let address = URL(fileURLWithPath: path).absoluteString + "?immutable=1"
            database = try DatabaseQueue(path: address, configuration: configuration)
        }
    }

    // MARK: Readings

    /// Appends all or none, with the ids that they have. With `synced` they are on the disk when this returns.
    mutating func append(_ entries: some Collection<OutboxEntry>, bootID: Int64, synced: Bool) throws {
        let strapIDs = try entries.map { try strapID($0.reading.strap) }
        try write(synced: synced, statements: entries.count) { db in
            let insert = try db.cachedStatement(sql: ReadingRow.insert)
            for (entry, strapID) in zip(entries, strapIDs) {
                try insert.execute(arguments: ReadingRow.arguments(entry, strapID: strapID, bootID: bootID))
            }
        }
    }

    /// Readings of the strap to upload, of the ids in `range`, oldest first. `bootID` is the present boot.
    /// - Throws: ``UnreadableSector``, GRDB's `DatabaseError`.
    mutating func entries(
        of strap: String, in range: ClosedRange<Int64>, limit: Int, bootID: Int64, isClockTrusted: Bool
    ) throws -> [OutboxEntry] {
        let strapID = try strapID(strap)
        // A single statement sees one state of the file: it needs no transaction.
        return try read { db in
            try Self.entries(
                db, ofStrap: strapID, strap, in: range, limit: limit, bootID: bootID, isClockTrusted: isClockTrusted)
        }
    }

    /// - Throws: ``UnreadableSector``, GRDB's `DatabaseError`.
    func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try database.unsafeRead { try UnreadableSector.naming(in: $0, body) }
    }

    private static func entries(
        _ db: Database, ofStrap strapID: Int64, _ strap: String, in range: ClosedRange<Int64>, limit: Int,
        bootID: Int64,
        isClockTrusted: Bool
    ) throws -> [OutboxEntry] {
        let select = try db.cachedStatement(
            sql: """
                SELECT \(ReadingRow.columns), reading.boot, boot.is_clock_trusted
                FROM reading LEFT JOIN boot ON boot.id = reading.boot
                WHERE \(isIn(range)) AND strap = ?3 AND \(ReadingRow.isHeartRate)
                ORDER BY reading.id LIMIT ?4
                """)
        let rows = try Row.fetchCursor(
            select, arguments: [range.lowerBound, range.upperBound, strapID, Int64(limit)])
        var entries: [OutboxEntry] = []
        while let row = try rows.next() {
            let ageClock: AgeClock =
                if row[7] == bootID { .boot } else { isClockTrusted && row[8] == true ? .wall : .none }
            entries.append(try ReadingRow.entry(row, strap: strap, ageClock: ageClock))
        }
        return entries
    }

    /// The ids `?1` to `?2`. For one alone SQLite need not look at the next one, which may stand where the disk cannot
    /// read.
    private static func isIn(_ range: ClosedRange<Int64>) -> String {
        range.count == 1 ? "reading.id = ?1 AND ?1 = ?2" : "reading.id BETWEEN ?1 AND ?2"
    }

    /// The last id that is free after `id`, before the next reading; `id` when that follows at once, or none does.
    func endOfGap(after id: Int64) throws -> Int64 {
        let next = try database.unsafeRead {
            try Int64.fetchOne($0, sql: "SELECT min(id) FROM reading WHERE id > ?", arguments: [id])
        }
        return next.map { $0 - 1 } ?? id
    }

    /// Gives readings of the boot, of the ids in `range`, the time at which they happened.
    mutating func restamp(_ boot: Boot, bootedAtMilliseconds: Int64, in range: ClosedRange<Int64>) throws {
        try write(synced: false) { db in
            try db.execute(
                sql: "UPDATE reading SET wall_ms = boot_ms + ?3 WHERE \(Self.isIn(range)) AND boot = ?4",
                arguments: [range.lowerBound, range.upperBound, bootedAtMilliseconds, boot.id])
        }
    }

    /// Every reading of this boot has the right time from now on. Dead letters of this boot are requeued: they may have
    /// been rejected because of the wrong time.
    mutating func trustClock(of boot: Boot) throws {
        try write(synced: false) { db in
            try db.execute(sql: "UPDATE boot SET is_clock_trusted = 1 WHERE id = ?", arguments: [boot.id])
            try db.execute(
                sql: """
                    UPDATE set_aside SET is_put_back = 1
                    WHERE reading >= ? AND lane IN (SELECT id FROM lane WHERE is_declared)
                        AND reading IN (SELECT id FROM reading WHERE boot = ?)
                    """, arguments: [boot.firstReadingID, boot.id])
        }
    }

    // MARK: Lanes

    mutating func moveCursor(ofLane laneID: Int64, to id: Int64) throws {
        try write(synced: false, statements: 1) { db in
            try db.cachedStatement(sql: "UPDATE lane SET cursor = ? WHERE id = ?").execute(arguments: [id, laneID])
        }
    }

    /// Never moves one back.
    mutating func moveCursors(_ cursors: [(laneID: Int64, reading: Int64)]) throws {
        try write(synced: false) { db in
            let update = try db.cachedStatement(sql: "UPDATE lane SET cursor = ?1 WHERE id = ?2 AND cursor < ?1")
            for (laneID, reading) in cursors { try update.execute(arguments: [reading, laneID]) }
        }
    }

    // MARK: Maintenance

    /// Copies all of it into a new file; there must be none.
    func copy(to path: String) throws {
        try database.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [path]) }
    }

    /// Counts readings that were lost because they could not be written or read.
    mutating func countLost(_ undelivered: Int, history: Int, synced: Bool = false) throws {
        try write(synced: synced) { db in
            for (name, count) in [("lost", undelivered), ("lost_history", history)] where count > 0 {
                try db.execute(
                    sql: "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ?",
                    arguments: [name, count, count])
            }
        }
    }

    /// Copies the write-ahead log into the database; all that was committed is on the disk afterwards.
    mutating func checkpoint() throws {
        _ = try database.writeWithoutTransaction { try $0.checkpoint(.passive) }
    }

    func close() throws {
        try database.close()
    }

    /// All of `body` is committed, or nothing. A single statement commits itself, without the cost of two more.
    mutating func write<Value>(
        synced: Bool, statements: Int? = nil, _ body: (Database) throws -> Value
    ) throws -> Value {
        let mustSwitch = syncsCommits != synced
        syncsCommits = nil
        let value = try database.writeWithoutTransaction { db in
            if mustSwitch {
                // Not a cached statement: SQLite obeys this pragma when it is compiled, not when it is run.
                try db.execute(sql: "PRAGMA synchronous = \(synced ? "FULL" : "NORMAL")")
            }
            if statements == 1 { return try UnreadableSector.naming(in: db, body) }
            var value: Value?
            try db.inTransaction {
                value = try UnreadableSector.naming(in: db, body)
                return .commit
            }
            guard let value else { throw DatabaseError(message: "the transaction was not run") }
            return value
        }
        syncsCommits = synced
        return value
    }

    mutating func strapID(_ name: String) throws -> Int64 {
        if let id = strapIDs[name] { return id }
        let known = try database.read {
            try Int64.fetchOne($0, sql: "SELECT id FROM strap WHERE name = ?", arguments: [name])
        }
        let id =
            try known
            ?? database.write { db in
                try db.execute(sql: "INSERT OR IGNORE INTO strap (name) VALUES (?)", arguments: [name])
                return try Int64.fetchOne(db, sql: "SELECT id FROM strap WHERE name = ?", arguments: [name])
            }
        guard let id else { throw DatabaseError(message: "strap \(name) was not kept") }
        strapIDs[name] = id
        return id
    }
}
