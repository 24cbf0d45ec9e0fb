import GRDB
import HeartRate

/// The SQL of the outbox: one connection, used by one actor only. Errors are GRDB's.
struct OutboxStore {
    struct Boot {
        let id: Int64
        let firstReadingID: Int64
        let isClockTrusted: Bool
    }

    /// SQLite would keep the 2 MB of pages it wrote last, which nobody reads again. Appends, cursors and lanes that catch up
    /// need one path from the root to a leaf each, of four pages at most: this is enough for some fifty of them.
    private static let pageCacheKibibytes = 256

    let database: DatabaseQueue
    private let durability: Durability
    private var strapIDs: [String: Int64] = [:]
    /// Whether commits are synced at present. Appends are, cursors are not: when a power cut takes a cursor back some
    /// readings are delivered twice, which is allowed, and the disk is spared.
    private var syncsCommits: Bool?

    /// Opens the file, which exists, and brings it to today's schema.
    init(path: String, durability: Durability) throws {
        self.durability = durability
        var configuration = Configuration()
        configuration.label = "outbox"
        configuration.journalMode = .wal
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            // Before WAL: afterwards the size of a page cannot be changed.
            try db.execute(sql: "PRAGMA page_size = \(Schema.pageBytes)")
            try db.execute(sql: "PRAGMA cache_size = -\(Self.pageCacheKibibytes)")
            try Schema.refuseForeignFile(db, path: path)
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
        try Schema.migrator.migrate(database)
    }

    // MARK: At the start

    func newestID() throws -> Int64 {
        try database.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM reading") } ?? 0
    }

    /// The boot of this name; made, with what is known of its clock, when it is new.
    func boot(named name: String, isClockTrusted: Bool) throws -> Boot {
        try database.write { db in
            try db.execute(
                sql: """
                    INSERT OR IGNORE INTO boot (name, first_reading, is_clock_trusted)
                    VALUES (?, (SELECT coalesce(max(id), 0) + 1 FROM reading), ?)
                    """, arguments: [name, isClockTrusted])
            let row = try Row.fetchOne(
                db, sql: "SELECT id, first_reading, is_clock_trusted FROM boot WHERE name = ?", arguments: [name])
            guard let row else { throw DatabaseError(message: "boot \(name) was not kept") }
            return Boot(id: row[0], firstReadingID: row[1], isClockTrusted: row[2])
        }
    }

    /// Declares these lanes and no others. A new one starts after the newest reading.
    mutating func declare(_ lanes: Set<Lane>) throws -> [Lane: (id: Int64, cursor: Int64)] {
        var states: [Lane: (id: Int64, cursor: Int64)] = [:]
        for lane in lanes { _ = try strapID(lane.strap) }
        let strapIDs = strapIDs
        try database.write { db in
            try db.execute(sql: "UPDATE lane SET is_declared = 0")
            for lane in lanes {
                let row = try Row.fetchOne(
                    db,
                    sql: """
                        INSERT INTO lane (strap, destination, cursor, is_declared)
                        VALUES (?, ?, (SELECT coalesce(max(id), 0) FROM reading), 1)
                        ON CONFLICT (strap, destination) DO UPDATE SET is_declared = 1
                        RETURNING id, cursor
                        """, arguments: [strapIDs[lane.strap], lane.destination])
                states[lane] = row.map { ($0[0], $0[1]) }
            }
        }
        return states
    }

    // MARK: Readings

    /// Appends all or none, in this order, and returns their ids.
    mutating func append(_ readings: [Reading], bootID: Int64) throws -> [Int64] {
        let strapIDs = try readings.map { try strapID($0.strap) }
        return try write(synced: durability == .powerLoss, statements: readings.count) { db in
            let insert = try db.cachedStatement(sql: ReadingRow.insert)
            return try zip(readings, strapIDs).map { reading, strapID in
                try insert.execute(arguments: ReadingRow.arguments(reading, strapID: strapID, bootID: bootID))
                return db.lastInsertedRowID
            }
        }
    }

    /// Readings of the strap to upload, of the ids in `range`, oldest first.
    mutating func entries(of strap: String, in range: ClosedRange<Int64>, limit: Int) throws -> [OutboxEntry] {
        let strapID = try strapID(strap)
        // A single statement sees one state of the file: it needs no transaction.
        return try database.unsafeRead { db in
            let select = try db.cachedStatement(
                sql: """
                    SELECT \(ReadingRow.columns) FROM reading
                    WHERE id BETWEEN ? AND ? AND strap = ? AND \(ReadingRow.isHeartRate) ORDER BY id LIMIT ?
                    """)
            let rows = try Row.fetchCursor(
                select, arguments: [range.lowerBound, range.upperBound, strapID, Int64(limit)])
            var entries: [OutboxEntry] = []
            while let row = try rows.next() { entries.append(ReadingRow.entry(row, strap: strap)) }
            return entries
        }
    }

    /// Gives readings of the boot, of the ids in `range`, the time at which they happened.
    mutating func restamp(_ boot: Boot, bootedAtMilliseconds: Int64, in range: ClosedRange<Int64>) throws {
        try write(synced: false) { db in
            try db.execute(
                sql: "UPDATE reading SET wall_ms = boot_ms + ? WHERE id BETWEEN ? AND ? AND boot = ?",
                arguments: [bootedAtMilliseconds, range.lowerBound, range.upperBound, boot.id])
        }
    }

    /// Every reading of this boot tells the right time from now on. What was refused while it told a wrong one may have been
    /// refused for that: it is put back.
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

    // MARK: Maintenance

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
            if statements == 1 { return try body(db) }
            var value: Value?
            try db.inTransaction {
                value = try body(db)
                return .commit
            }
            guard let value else { throw DatabaseError(message: "the transaction was not run") }
            return value
        }
        syncsCommits = synced
        return value
    }

    private mutating func strapID(_ name: String) throws -> Int64 {
        if let id = strapIDs[name] { return id }
        let id = try database.write { db in
            try db.execute(sql: "INSERT OR IGNORE INTO strap (name) VALUES (?)", arguments: [name])
            return try Int64.fetchOne(db, sql: "SELECT id FROM strap WHERE name = ?", arguments: [name])
        }
        guard let id else { throw DatabaseError(message: "strap \(name) was not kept") }
        strapIDs[name] = id
        return id
    }
}
