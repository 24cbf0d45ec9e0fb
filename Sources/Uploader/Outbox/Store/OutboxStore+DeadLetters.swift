import GRDB

extension OutboxStore {
    mutating func setAside(_ ids: [Int64], laneID: Int64, reason: String, atMilliseconds: Int64) throws {
        try write(synced: false) { db in
            for id in ids {
                try db.cachedStatement(
                    sql: """
                        INSERT INTO set_aside (lane, reading, reason, at_ms) VALUES (?, ?, ?, ?)
                        ON CONFLICT (lane, reading) DO UPDATE SET
                            reason = excluded.reason, at_ms = excluded.at_ms, refusals = refusals + 1, is_put_back = 0
                        """
                ).execute(arguments: [laneID, id, reason, atMilliseconds])
            }
        }
    }

    /// Requeued dead letters of the strap, oldest first.
    func requeued(laneID: Int64, strap: String, after id: Int64, limit: Int) throws -> [OutboxEntry] {
        try database.unsafeRead { db in
            let select = try db.cachedStatement(
                sql: """
                    SELECT \(ReadingRow.columns) FROM set_aside JOIN reading ON reading.id = set_aside.reading
                    WHERE lane = ? AND set_aside.reading > ? AND is_put_back ORDER BY set_aside.reading LIMIT ?
                    """)
            let rows = try Row.fetchCursor(select, arguments: [laneID, id, Int64(limit)])
            var entries: [OutboxEntry] = []
            while let row = try rows.next() { entries.append(try ReadingRow.entry(row, strap: strap)) }
            return entries
        }
    }

    /// The readings are no longer dead letters.
    mutating func removeDeadLetters(_ ids: [Int64], laneID: Int64) throws {
        try write(synced: false) { db in
            for id in ids {
                try db.cachedStatement(sql: "DELETE FROM set_aside WHERE lane = ? AND reading = ?")
                    .execute(arguments: [laneID, id])
            }
        }
    }
}
