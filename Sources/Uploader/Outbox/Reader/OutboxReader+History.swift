import GRDB

extension OutboxReader {
    /// How many readings one look into the file passes over: memory stays small, and no look lasts so long that the
    /// uploader's write-ahead log grows during this time.
    static let readingsPerPage = 2000

    /// The readings of `selection` that follow `id`, a page at a time; nil when no reading at all follows.
    /// - Throws: ``OutboxError``.
    package func history(after id: Int64, _ selection: History.Selection = .init()) async throws -> History.Page? {
        try await readWithSpool { db, spool in
            let last = try Int64.fetchOne(
                db, sql: "SELECT max(id) FROM (SELECT id FROM reading WHERE id > ? ORDER BY id LIMIT ?)",
                arguments: [id, Self.readingsPerPage])
            guard let last else { return try Self.page(spool, after: id, selection, db) }
            let range = selection.measuredAtMilliseconds
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(ReadingRow.columns), strap.name, is_clock_trusted, reading.boot FROM reading
                    JOIN strap ON strap.id = reading.strap JOIN boot ON boot.id = reading.boot
                    WHERE reading.id > :after AND reading.id <= :last AND wall_ms BETWEEN :since AND :until
                        AND (:strap IS NULL OR strap.name = :strap)
                    ORDER BY reading.id
                    """,
                arguments: [
                    "after": id, "last": last, "since": range.lowerBound, "until": range.upperBound,
                    "strap": selection.strap,
                ])
            var entries: [History.Record] = []
            while let row = try rows.next() {
                entries.append(
                    History.Record(
                        entry: try ReadingRow.entry(row, strap: row[7]), isClockTrusted: row[8], boot: row[9]))
            }
            return History.Page(entries: entries, examinedThroughID: last)
        }
    }

    /// The last page, of what the file does not have yet.
    private static func page(
        _ spool: Spool.Content, after id: Int64, _ selection: History.Selection, _ db: Database
    ) throws -> History.Page? {
        guard let last = spool.entries.last?.id, last > id else { return nil }
        let boot = try newestBoot(db)
        let entries = spool.entries.filter { entry in
            entry.id > id && selection.measuredAtMilliseconds.contains(entry.reading.measuredAtMilliseconds)
                && selection.strap.map { $0 == entry.reading.strap } ?? true
        }
        return History.Page(
            entries: entries.map { History.Record(entry: $0, isClockTrusted: boot.isClockTrusted, boot: boot.id) },
            examinedThroughID: last)
    }
}
