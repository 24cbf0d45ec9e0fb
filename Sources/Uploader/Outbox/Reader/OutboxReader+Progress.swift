import GRDB

extension OutboxReader {
    /// How far the lanes have come: a small query, whatever waits.
    /// - Throws: ``OutboxError``.
    package func progress() async throws -> OutboxProgress {
        try await readWithSpool { [path] db, spool in
            try Schema.refuseOlderFile(db, path: path)
            let lanes = try Row.fetchAll(
                db,
                sql: """
                    SELECT lane.id, strap.name, destination, cursor, too_old
                    FROM lane JOIN strap ON strap.id = lane.strap WHERE is_declared ORDER BY 2, 3
                    """)
            return OutboxProgress(
                lanes: try lanes.map { row in
                    let lane = Lane(strap: row[1], destination: row[2])
                    return LaneProgress(
                        lane: lane,
                        waiting: try Self.waiting(
                            db, laneID: row[0], cursor: spool.cursor(of: lane, inFile: row[3])),
                        setAside: try Int64.fetchSet(
                            db, sql: "SELECT reading FROM set_aside WHERE lane = ?", arguments: [row[0] as Int64]),
                        expired: row[4])
                },
                isClockTrusted: try Self.isClockTrusted(db))
        }
    }

    /// The heart rates of a strap among these ids, in order of arrival; at most `limit` of each range.
    /// - Throws: ``OutboxError``.
    package func heartRates(
        of strap: String, in ids: RangeSet<Int64>, limit: Int = .max
    ) async throws -> [History.Record] {
        var entries: [History.Record] = []
        for range in ids.ranges {
            var position = range.lowerBound
            var left = limit
            while left > 0, position < range.upperBound {
                let page = try await heartRates(
                    of: strap, in: position..<range.upperBound, limit: min(left, Self.readingsPerPage))
                guard let last = page.last else { break }
                entries += page
                left -= page.count
                position = last.entry.id + 1
            }
        }
        return entries
    }

    private func heartRates(of strap: String, in ids: Range<Int64>, limit: Int) async throws -> [History.Record] {
        try await readWithSpool { db, spool in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(ReadingRow.columns), is_clock_trusted FROM reading JOIN boot ON boot.id = reading.boot
                    WHERE reading.id >= ? AND reading.id < ?
                        AND reading.strap = (SELECT id FROM strap WHERE name = ?) AND \(ReadingRow.isHeartRate)
                    ORDER BY reading.id LIMIT ?
                    """,
                arguments: [ids.lowerBound, ids.upperBound, strap, limit])
            var entries: [History.Record] = []
            while let row = try rows.next() {
                entries.append(
                    History.Record(entry: try ReadingRow.entry(row, strap: strap), isClockTrusted: row[7]))
            }
            let isClockTrusted = try Self.isClockTrusted(db)
            entries += spool.heartRates(of: strap, after: ids.lowerBound - 1).lazy.filter { $0.id < ids.upperBound }
                .prefix(limit - entries.count).map { History.Record(entry: $0, isClockTrusted: isClockTrusted) }
            return entries
        }
    }

    /// Of the present boot: the spooled readings are of it.
    static func isClockTrusted(_ db: Database) throws -> Bool {
        try Bool.fetchOne(db, sql: "SELECT is_clock_trusted FROM boot ORDER BY id DESC LIMIT 1") ?? false
    }

    private static func waiting(_ db: Database, laneID: Int64, cursor: Int64) throws -> RangeSet<Int64> {
        var waiting = RangeSet(cursor + 1..<Int64.max)
        let gaps = try Row.fetchCursor(
            db, sql: "SELECT after_reading, last_reading FROM gap WHERE lane = ?", arguments: [laneID])
        while let gap = try gaps.next() {
            let (after, last): (Int64, Int64) = (gap[0], gap[1])
            if after < last { waiting.insert(contentsOf: after + 1..<last + 1) }
        }
        return waiting
    }
}
