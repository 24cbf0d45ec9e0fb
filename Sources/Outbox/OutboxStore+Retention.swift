import GRDB

extension OutboxStore {
    /// How many readings one step looks at: a few milliseconds on a Raspberry Pi, then an append may go first.
    static let readingsPerStep: Int64 = 500

    /// A declared lane has still to upload the reading.
    private static let isAwaited = """
        (\(ReadingRow.isHeartRate) AND EXISTS (
            SELECT 1 FROM lane WHERE lane.strap = reading.strap AND is_declared
                AND (cursor < reading.id OR EXISTS (SELECT 1 FROM gap WHERE \(Gap.holdsReading)))))
        """
    /// The newest reading stays, for the next id is counted from it; what is set aside stays for the user to see.
    private static let mayLeave = """
        id < (SELECT max(id) FROM reading) AND id NOT IN (SELECT reading FROM set_aside)
        """

    /// Removes, of the readings that follow `id`, those that are older than `cutoffMilliseconds` and that no lane
    /// awaits. Returns the id to go on after; nil when all that follow are younger.
    ///
    /// What arrived before an expired reading has expired too, whatever time it tells. A time after `futureMilliseconds`
    /// is that of a clock that ran wrong.
    mutating func removeExpired(
        after id: Int64, cutoffMilliseconds: Int64, futureMilliseconds: Int64
    ) throws -> (removed: Int, examinedThrough: Int64)? {
        try write(synced: false) { db in
            let lastExpired = try Int64.fetchOne(
                db,
                sql: """
                    SELECT max(id) FROM (SELECT id, wall_ms FROM reading WHERE id > ? ORDER BY id LIMIT ?)
                    WHERE wall_ms NOT BETWEEN ? AND ?
                    """, arguments: [id, Self.readingsPerStep, cutoffMilliseconds, futureMilliseconds])
            guard let lastExpired else { return nil }
            try db.execute(
                sql: "DELETE FROM reading WHERE id > ? AND id <= ? AND NOT \(Self.isAwaited) AND \(Self.mayLeave)",
                arguments: [id, lastExpired])
            return (db.changesCount, lastExpired)
        }
    }

    /// Removes the oldest readings, delivered or not, and says how many of them a lane still awaited.
    mutating func removeOldest() throws -> (removed: Int, awaited: Int) {
        try write(synced: false) { db in
            let last = try Int64.fetchOne(
                db,
                sql: "SELECT max(id) FROM (SELECT id FROM reading WHERE \(Self.mayLeave) ORDER BY id LIMIT ?)",
                arguments: [Self.readingsPerStep])
            guard let last else { return (0, 0) }
            let awaited =
                try Int.fetchOne(
                    db, sql: "SELECT count(*) FROM reading WHERE id <= ? AND \(Self.mayLeave) AND \(Self.isAwaited)",
                    arguments: [last]) ?? 0
            try db.execute(
                sql: "UPDATE counter SET value = value + ? WHERE name = 'dropped'", arguments: [awaited])
            try db.execute(sql: "DELETE FROM reading WHERE id <= ? AND \(Self.mayLeave)", arguments: [last])
            return (db.changesCount, awaited)
        }
    }

    mutating func usedBytes() throws -> Int64 {
        try write(synced: false) { try OutboxReader.usedBytes($0) }
    }
}
