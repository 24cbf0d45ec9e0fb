import GRDB

extension OutboxStore {
    // MARK: Age

    /// Skips the readings in `ids` up to the first that has not expired, and counts them: moves the lane's cursor, or
    /// the start of the backfill range. `through` is where it stopped.
    mutating func skipExpired(
        laneID: Int64, strap: String, range: BackfillRange?, in ids: ClosedRange<Int64>, _ limit: AgeLimit
    ) throws -> (count: Int, through: Int64) {
        let strapID = try strapID(strap)
        return try write(synced: false) { db in
            var arguments = limit.arguments
            _ = arguments.append(contentsOf: ["first": ids.lowerBound, "last": ids.upperBound, "strap": strapID])
            let kept = try Int64.fetchOne(
                db,
                sql: """
                    SELECT id FROM reading WHERE id BETWEEN :first AND :last AND strap = :strap
                        AND \(ReadingRow.isHeartRate) AND NOT (\(AgeLimit.isExpired)) ORDER BY id LIMIT 1
                    """, arguments: arguments)
            let through = kept.map { $0 - 1 } ?? ids.upperBound
            let count =
                try Int.fetchOne(
                    db,
                    sql: """
                        SELECT count(*) FROM reading
                        WHERE id BETWEEN ? AND ? AND strap = ? AND \(ReadingRow.isHeartRate)
                        """, arguments: [ids.lowerBound, through, strapID]) ?? 0
            try Self.countExpired(db, count, laneID: laneID)
            if let range {
                try Self.advance(db, range, through: through)
            } else {
                try db.execute(
                    sql: "UPDATE lane SET cursor = max(cursor, ?) WHERE id = ?", arguments: [through, laneID])
            }
            return (count, through)
        }
    }

    mutating func countExpired(_ count: Int, laneID: Int64) throws {
        try write(synced: false, statements: 1) { try Self.countExpired($0, count, laneID: laneID) }
    }

    private static func countExpired(_ db: Database, _ count: Int, laneID: Int64) throws {
        try db.execute(sql: "UPDATE lane SET too_old = too_old + ? WHERE id = ?", arguments: [count, laneID])
    }

    // MARK: Gaps

    /// The newest reading to upload in `range` that the search accepts; nil if there is none.
    mutating func edge(of strap: String, in range: ClosedRange<Int64>, _ search: inout EdgeSearch) throws -> Int64? {
        let strapID = try strapID(strap)
        return try read { db in
            let select = try db.cachedStatement(
                sql: """
                    SELECT id, wall_ms FROM reading
                    WHERE id BETWEEN ? AND ? AND strap = ? AND \(ReadingRow.isHeartRate) ORDER BY id DESC
                    """)
            let rows = try Row.fetchCursor(select, arguments: [range.lowerBound, range.upperBound, strapID])
            while let row = try rows.next() {
                if search.isEdge(measuredAtMilliseconds: row[1]) { return row[0] }
            }
            return nil
        }
    }

    /// Moves the cursor from `old` to `new`. The readings in between become backfill ranges, except those in `done`,
    /// which is in order.
    mutating func deferBacklog(laneID: Int64, from old: Int64, to new: Int64, done: [Int64]) throws {
        try write(synced: false) { db in
            var after = old
            for end in done + [new + 1] where end <= new + 1 {
                if after < end - 1 { try Self.addGap(db, laneID: laneID, after: after, last: end - 1) }
                after = end
            }
            try db.execute(sql: "UPDATE lane SET cursor = ? WHERE id = ?", arguments: [new, laneID])
        }
    }

    /// During an outage each retry is made with the newest reading: one range grows then.
    private static func addGap(_ db: Database, laneID: Int64, after: Int64, last: Int64) throws {
        try db.execute(
            sql: "UPDATE gap SET last_reading = ? WHERE lane = ? AND last_reading = ?",
            arguments: [last, laneID, after])
        guard db.changesCount == 0 else { return }
        try db.execute(
            sql: "INSERT INTO gap (lane, after_reading, last_reading) VALUES (?, ?, ?)",
            arguments: [laneID, after, last])
    }

    func newestBackfillRange(laneID: Int64) throws -> BackfillRange? {
        try database.unsafeRead { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT id, after_reading, last_reading FROM gap WHERE lane = ? ORDER BY last_reading DESC LIMIT 1
                    """, arguments: [laneID]
            ).map { BackfillRange(rowID: $0[0], after: $0[1], last: $0[2]) }
        }
    }

    /// Splits a range in two, and returns the newer one, which begins after `edge`.
    mutating func split(_ gap: BackfillRange, laneID: Int64, at edge: Int64) throws -> BackfillRange {
        try write(synced: false) { db in
            try db.execute(
                sql: """
                    INSERT INTO gap (lane, after_reading, last_reading)
                    SELECT lane, ?, last_reading FROM gap WHERE id = ?
                    """, arguments: [edge, gap.rowID])
            let newer = BackfillRange(rowID: db.lastInsertedRowID, after: edge, last: gap.last)
            try db.execute(sql: "UPDATE gap SET last_reading = ? WHERE id = ?", arguments: [edge, gap.rowID])
            return newer
        }
    }

    mutating func advance(_ gap: BackfillRange, through id: Int64) throws {
        try write(synced: false) { try Self.advance($0, gap, through: id) }
    }

    /// It may have grown since it was read: the rest of it stays.
    private static func advance(_ db: Database, _ gap: BackfillRange, through id: Int64) throws {
        try db.cachedStatement(sql: "UPDATE gap SET after_reading = max(after_reading, ?) WHERE id = ?")
            .execute(arguments: [id, gap.rowID])
        try db.cachedStatement(sql: "DELETE FROM gap WHERE id = ? AND after_reading >= last_reading")
            .execute(arguments: [gap.rowID])
    }
}
