import GRDB

/// Reads an outbox without changing it, also while another process has it open.
package struct OutboxReader: Sendable {
    let path: String
    private let database: DatabaseQueue

    /// Opens the file read-only.
    /// - Throws: ``OutboxError``, with ``OutboxError/Code/missing`` when there is none yet.
    package init(path: String) throws {
        self.path = path
        try OutboxError.refuseMissingFile(path)
        var configuration = Configuration()
        configuration.label = "outbox reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA cache_size = -\(OutboxStore.pageCacheKibibytes)")
            try Schema.refuseForeignFile(db, path: path)
        }
        do {
            database = try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw OutboxError(lookingOn: error, path: path)
        }
    }

    /// Counts the content: some tenths of a second for a million waiting readings.
    package func statistics() async throws -> OutboxStatistics {
        try await statistics(spool: nil)
    }

    /// With the content of the spool, if the caller has it open; nil reads the spool.
    func statistics(spool: Spool.Content?) async throws -> OutboxStatistics {
        try await readWithSpool(spool) { db, spool in
            OutboxStatistics(
                received: max(
                    try Int64.fetchOne(db, sql: "SELECT max(id) FROM reading") ?? 0, spool.entries.last?.id ?? 0),
                dropped: try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'dropped'") ?? 0,
                lost: try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'lost'") ?? 0,
                usedBytes: try OutboxStore.usedBytes(db),
                lanes: try Self.lanes(db, spool))
        }
    }

    /// Reads in one state of the file.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.read { try UnreadableSector.naming(in: $0, body) }
        } catch let error where error is DatabaseError || error is UnreadableSector {
            throw OutboxError(lookingOn: error, path: path)
        }
    }

    /// The same, with the readings that the file does not have yet.
    func readWithSpool<Value: Sendable>(
        _ known: Spool.Content? = nil, _ body: @escaping @Sendable (Database, Spool.Content) throws -> Value
    ) async throws -> Value {
        // Before the file: a reading that leaves the spool in between is in the file.
        let content = known ?? Spool.content(forOutboxAt: path) ?? Spool.Content()
        return try await read { db in
            let newest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM reading") ?? 0
            return try body(db, content.after(newest))
        }
    }

    private static func lanes(_ db: Database, _ spool: Spool.Content) throws -> [OutboxStatistics.LaneStatistics] {
        // An older uploader may have it open, whose file has no such ranges.
        let knowsGaps = try db.tableExists("gap")
        // By id: `+` and CROSS keep SQLite from an index of all readings by strap, and from going through all of them.
        let isWaiting = "+reading.strap = lane.strap AND \(ReadingRow.isHeartRate)"
        let inGaps = "(SELECT count(*) FROM gap CROSS JOIN reading ON \(BackfillRange.holdsReading) AND \(isWaiting))"
        return try Row.fetchAll(
            db,
            sql: """
                SELECT lane.id, strap.name, destination, cursor, \(knowsGaps ? inGaps : "0"),
                    (SELECT count(*) FROM set_aside WHERE lane = lane.id), \(knowsGaps ? "too_old" : "0")
                FROM lane JOIN strap ON strap.id = lane.strap WHERE is_declared ORDER BY 2, 3
                """
        ).map { row in
            let lane = Lane(strap: row[1], destination: row[2])
            let cursor = spool.cursor(of: lane, inFile: row[3])
            let afterCursor =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM lane CROSS JOIN reading ON reading.id > ? AND \(isWaiting)
                        WHERE lane.id = ?
                        """, arguments: [cursor, row[0] as Int64]) ?? 0
            return OutboxStatistics.LaneStatistics(
                lane: lane, waiting: row[4] + afterCursor + spool.heartRates(of: lane.strap, after: cursor).count,
                setAside: row[5], expired: row[6], lastAcknowledgedID: cursor)
        }
    }
}
