import GRDB

extension OutboxStore {
    /// How many readings one step looks at: a few milliseconds on a Raspberry Pi, then an append may go first.
    static let readingsPerStep: Int64 = 500

    /// A declared lane has still to upload the reading.
    private static let isAwaited = """
        (\(ReadingRow.isHeartRate) AND EXISTS (
            SELECT 1 FROM lane WHERE lane.strap = reading.strap AND is_declared
                AND (cursor < reading.id OR EXISTS (SELECT 1 FROM gap WHERE \(BackfillRange.holdsReading)))))
        """
    /// A session that waits for its upload needs all readings of its strap.
    private static let isOfWaitingSession = """
        EXISTS (
            SELECT 1 FROM session_upload JOIN session_destination ON session_destination.id = destination
            WHERE state = 0 AND is_declared AND session_upload.strap = reading.strap
                AND last_reading >= reading.id AND first_reading <= reading.id)
        """
    /// The search for finished sessions has still to look at the reading: the machine may have been off since then.
    private static let isUnsearched = """
        (EXISTS (SELECT 1 FROM session_destination WHERE is_declared)
            AND id > coalesce((SELECT through_reading FROM session_scan WHERE strap = 0), 0))
        """
    /// The newest reading stays, because the next id is counted from it. Dead letters stay for the user to see.
    private static let mayLeave = """
        id < (SELECT max(id) FROM reading) AND id NOT IN (SELECT reading FROM set_aside)
        """

    /// Looks at the next `limit` readings after `id`, for the last that is older than `cutoffMilliseconds`. All
    /// readings before it are beyond the retention too, whatever their time. Nil if all readings after `id` are
    /// younger.
    ///
    /// A time after `futureMilliseconds`, or of a boot whose clock was never right, does not give a reading's age: the
    /// reading is removed with the next one that has a trusted time.
    func expired(
        after id: Int64, limit: Int64, cutoffMilliseconds: Int64, futureMilliseconds: Int64
    ) throws -> (examinedThrough: Int64, expiredThrough: Int64?)? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT max(id), max(id) FILTER (WHERE is_clock_trusted AND wall_ms < ?1) FROM (
                        SELECT reading.id, wall_ms, is_clock_trusted FROM reading JOIN boot ON boot.id = reading.boot
                        WHERE reading.id > ?3 ORDER BY reading.id LIMIT ?4)
                    WHERE wall_ms NOT BETWEEN ?1 AND ?2 OR NOT is_clock_trusted
                    """, arguments: [cutoffMilliseconds, futureMilliseconds, id, limit])
            guard let row, let examined: Int64 = row[0] else { return nil }
            return (examined, row[1])
        }
    }

    /// Removes the next `limit` readings after `id` up to `last`: those that neither a lane nor an upload of a session
    /// needs. Returns the id to go on after; nil if there are none.
    mutating func remove(after id: Int64, through last: Int64, limit: Int64) throws -> Int64? {
        try write(synced: false) { db in
            let end = try Int64.fetchOne(
                db,
                sql: "SELECT max(id) FROM (SELECT id FROM reading WHERE id > ? AND id <= ? ORDER BY id LIMIT ?)",
                arguments: [id, last, limit])
            guard let end else { return nil }
            try db.execute(
                sql: """
                    DELETE FROM reading WHERE id > ? AND id <= ? AND NOT \(Self.isAwaited)
                        AND NOT \(Self.isOfWaitingSession) AND NOT \(Self.isUnsearched) AND \(Self.mayLeave)
                    """,
                arguments: [id, end])
            return end
        }
    }

    /// Removes the next `limit` readings after `id`, delivered or not. Returns how many of them a lane still awaited.
    mutating func removeOldest(after id: Int64, limit: Int64) throws -> (removed: Int, awaited: Int) {
        try write(synced: false) { db in
            let last = try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(id) FROM (
                        SELECT id FROM reading WHERE id > ? AND \(Self.mayLeave) ORDER BY id LIMIT ?)
                    """, arguments: [id, limit])
            guard let last else { return (0, 0) }
            let awaited =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM reading WHERE id > ? AND id <= ? AND \(Self.mayLeave)
                            AND \(Self.isAwaited)
                        """, arguments: [id, last]) ?? 0
            try db.execute(
                sql: "UPDATE counter SET value = value + ? WHERE name = 'dropped'", arguments: [awaited])
            try db.execute(
                sql: "DELETE FROM reading WHERE id > ? AND id <= ? AND \(Self.mayLeave)", arguments: [id, last])
            return (db.changesCount, awaited)
        }
    }

    /// Whether the disk can read where the next reading after `id` stands.
    func canReadOn(after id: Int64) throws -> Bool {
        do {
            _ = try read { db in
                try Int64.fetchOne(db, sql: "SELECT id FROM reading WHERE id > ? ORDER BY id", arguments: [id])
            }
            return true
        } catch is UnreadableSector {
            return false
        }
    }

    mutating func usedBytes() throws -> Int64 {
        try write(synced: false) { try Self.usedBytes($0) }
    }

    static func usedBytes(_ db: Database) throws -> Int64 {
        func pragma(_ name: String) throws -> Int64 { try Int64.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
        return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
    }
}
