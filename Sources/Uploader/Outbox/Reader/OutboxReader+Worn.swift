import GRDB

extension OutboxReader {
    /// Some readings with a heart rate, in order of arrival.
    package struct WornPage: Sendable, Equatable {
        /// May be empty: more may follow all the same.
        package let readings: [WornReading]
        /// The first and the last id that this page has looked at.
        package let examined: ClosedRange<Int64>
    }

    /// The heart rates of all straps that follow `id`, a page at a time; nil when no reading at all follows.
    /// - Throws: ``OutboxError``.
    package func wornReadings(after id: Int64) async throws -> WornPage? {
        guard id < .max else { return nil }
        return try await wornPage(
            "SELECT id FROM reading WHERE id > ? ORDER BY id LIMIT ?", of: id, isInSpool: { $0 > id })
    }

    /// The heart rates of all straps that come before `id`, the nearest page; nil when no reading at all does.
    /// - Throws: ``OutboxError``.
    package func wornReadings(before id: Int64) async throws -> WornPage? {
        try await wornPage(
            "SELECT id FROM reading WHERE id < ? ORDER BY id DESC LIMIT ?", of: id, isInSpool: { $0 < id })
    }

    /// All boots that readings came from, oldest first.
    /// - Throws: ``OutboxError``.
    package func boots() async throws -> [BootRecord] {
        try await read { db in
            try Row.fetchAll(db, sql: "SELECT id, name, is_clock_trusted FROM boot ORDER BY id").map { row in
                BootRecord(id: row[0], name: row[1], isClockTrusted: row[2])
            }
        }
    }

    /// Those of `ids` that are no reading, or no longer.
    /// - Throws: ``OutboxError``.
    package func missing(_ ids: Set<Int64>) async throws -> Set<Int64> {
        try await readWithSpool { db, spool in
            let spooled = Set(spool.entries.map(\.id))
            return try ids.filter { id in
                try !spooled.contains(id)
                    && Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM reading WHERE id = ?)", arguments: [id])
                        != true
            }
        }
    }

    /// The boot of the spooled readings.
    static func newestBoot(_ db: Database) throws -> (id: Int64, isClockTrusted: Bool) {
        let row = try Row.fetchOne(db, sql: "SELECT id, is_clock_trusted FROM boot ORDER BY id DESC LIMIT 1")
        return (row?[0] ?? 0, row?[1] ?? false)
    }

    private func wornPage(
        _ ids: String, of id: Int64, isInSpool: @escaping @Sendable (Int64) -> Bool
    ) async throws -> WornPage? {
        try await readWithSpool { db, spool in
            let range = try Row.fetchOne(
                db, sql: "SELECT min(id), max(id) FROM (\(ids))", arguments: [id, Self.readingsPerPage])
            let spooled = spool.entries.filter { isInSpool($0.id) }
            let (first, last): (Int64?, Int64?) = (range?[0], range?[1])
            guard let first, let last else { return try Self.wornPage(spooled, db) }
            // The spool is newer than the file. A page that reaches the file's end has it too.
            let newest = try Int64.fetchOne(db, sql: "SELECT max(id) FROM reading")
            let rest = newest == last ? try Self.wornPage(spooled, db) : nil
            return WornPage(
                readings: try Self.worn(db, in: first...last) + (rest?.readings ?? []),
                examined: first...(rest?.examined.upperBound ?? last))
        }
    }

    private static func worn(_ db: Database, in ids: ClosedRange<Int64>) throws -> [WornReading] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT reading.id, strap.name, boot, is_clock_trusted, wall_ms, boot_ms, bpm FROM reading
                JOIN strap ON strap.id = reading.strap JOIN boot ON boot.id = reading.boot
                WHERE reading.id BETWEEN ? AND ? AND \(ReadingRow.isHeartRate) ORDER BY reading.id
                """, arguments: [ids.lowerBound, ids.upperBound])
        var readings: [WornReading] = []
        while let row = try rows.next() {
            readings.append(
                WornReading(
                    id: try row.decode(Int64.self, atIndex: 0), strap: try row.decode(String.self, atIndex: 1),
                    boot: try row.decode(Int64.self, atIndex: 2), isClockTrusted: row[3],
                    wallMilliseconds: try row.decode(Int64.self, atIndex: 4),
                    bootMilliseconds: try row.decode(Int64.self, atIndex: 5),
                    beatsPerMinute: UInt16(clamping: try row.decode(Int64.self, atIndex: 6))))
        }
        return readings
    }

    /// Of readings that the file does not have yet; nil for none.
    private static func wornPage(_ entries: [OutboxEntry], _ db: Database) throws -> WornPage? {
        guard let first = entries.first?.id, let last = entries.last?.id else { return nil }
        let boot = try newestBoot(db)
        let readings = entries.compactMap { entry -> WornReading? in
            let reading = entry.reading
            guard let rate = reading.heartRate else { return nil }
            return WornReading(
                id: entry.id, strap: reading.strap, boot: boot.id, isClockTrusted: boot.isClockTrusted,
                wallMilliseconds: reading.measuredAtMilliseconds, bootMilliseconds: reading.bootMilliseconds,
                beatsPerMinute: rate)
        }
        return WornPage(readings: readings, examined: first...last)
    }
}
