import GRDB

/// Looks into an outbox without changing it, also while another process has it open: for `status`, `outbox` and the demo.
public struct OutboxReader: Sendable {
    let path: String
    private let database: DatabaseQueue

    /// Opens the file read-only.
    /// - Throws: ``OutboxError``, with ``OutboxError/Code/missing`` when there is none yet.
    public init(path: String) throws {
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

    /// Counts what is there: takes some tenths of a second for a million readings that wait.
    public func statistics() async throws -> OutboxStatistics {
        try await read { db in
            OutboxStatistics(
                received: try Int64.fetchOne(db, sql: "SELECT max(id) FROM reading") ?? 0,
                dropped: try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'dropped'") ?? 0,
                lost: try Int64.fetchOne(db, sql: "SELECT value FROM counter WHERE name = 'lost'") ?? 0,
                usedBytes: try Self.usedBytes(db),
                lanes: try Self.lanes(db))
        }
    }

    /// Reads in one state of the file.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.read(body)
        } catch let error as DatabaseError {
            throw OutboxError(lookingOn: error, path: path)
        }
    }

    private static func lanes(_ db: Database) throws -> [OutboxStatistics.LaneStatistics] {
        // An older uploader may have it open, whose file knows no gaps.
        let knowsGaps = try db.tableExists("gap")
        // By id: `+` and CROSS keep SQLite from an index of all readings by strap, and from going through all of them.
        let isWaiting = "+reading.strap = lane.strap AND \(ReadingRow.isHeartRate)"
        let inGaps = "(SELECT count(*) FROM gap CROSS JOIN reading ON \(Gap.holdsReading) AND \(isWaiting))"
        return try Row.fetchAll(
            db,
            sql: """
                SELECT strap.name, destination, cursor,
                    (SELECT count(*) FROM reading WHERE reading.id > cursor AND \(isWaiting))
                        + \(knowsGaps ? inGaps : "0"),
                    (SELECT count(*) FROM set_aside WHERE lane = lane.id), \(knowsGaps ? "too_old" : "0")
                FROM lane JOIN strap ON strap.id = lane.strap WHERE is_declared ORDER BY 1, 2
                """
        ).map { row in
            OutboxStatistics.LaneStatistics(
                lane: Lane(strap: row[0], destination: row[1]), waiting: row[3], setAside: row[4], tooOld: row[5],
                lastAcknowledgedID: row[2])
        }
    }

    static func usedBytes(_ db: Database) throws -> Int64 {
        func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
        return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
    }
}
