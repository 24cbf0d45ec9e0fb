import GRDB

extension OutboxReader {
    /// The dead letters, latest first, at most `limit`.
    /// - Throws: ``OutboxError``.
    package func setAside(
        of selection: LaneSelection = LaneSelection(), limit: Int = 1000
    ) async throws -> [DeadLetter] {
        try await readSetAside { db in
            var arguments = selection.arguments
            _ = arguments.append(contentsOf: ["limit": limit])
            return try Self.setAside(
                db, where: "\(LaneSelection.condition) ORDER BY at_ms DESC, reading.id DESC, lane.id LIMIT :limit",
                arguments: arguments)
        }
    }

    /// How many of them there are.
    /// - Throws: ``OutboxError``.
    package func setAsideCount(of selection: LaneSelection = LaneSelection()) async throws -> Int {
        try await readSetAside { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM set_aside JOIN lane ON lane.id = set_aside.lane
                    JOIN strap ON strap.id = lane.strap WHERE \(LaneSelection.condition)
                    """, arguments: selection.arguments) ?? 0
        }
    }

    /// All that is known about one reading; nil when there is none of this id.
    /// - Throws: ``OutboxError``.
    package func record(of id: Int64) async throws -> ReadingRecord? {
        try await readSetAside { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT \(ReadingRow.columns), strap.name, is_clock_trusted FROM reading
                    JOIN strap ON strap.id = reading.strap JOIN boot ON boot.id = reading.boot WHERE reading.id = ?
                    """, arguments: [id])
            guard let row else { return nil }
            let strap: String = row[7]
            let setAside = try Self.setAside(db, where: "reading.id = :id", arguments: ["id": id])
            let lanes = try Row.fetchAll(
                db,
                sql: """
                    SELECT destination, is_declared,
                        cursor >= reading.id AND NOT EXISTS (SELECT 1 FROM gap WHERE \(BackfillRange.holdsReading))
                    FROM reading JOIN lane ON lane.strap = reading.strap WHERE reading.id = ? ORDER BY destination
                    """, arguments: [id])
            return ReadingRecord(
                entry: try ReadingRow.entry(row, strap: strap), isClockTrusted: row[8],
                lanes: lanes.map { row in
                    let lane = Lane(strap: strap, destination: row[0])
                    return ReadingRecord.LaneRecord(
                        lane: lane, isDeclared: row[1], isPassed: row[2],
                        setAside: setAside.first { $0.lane == lane })
                })
        }
    }

    private func readSetAside<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        try await read { [path] db in
            try Schema.refuseOlderFile(db, path: path)
            return try body(db)
        }
    }

    private static func setAside(
        _ db: Database, where condition: String, arguments: StatementArguments
    ) throws -> [DeadLetter] {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT \(ReadingRow.columns), reason, at_ms, strap.name, destination, refusals, is_put_back, is_declared
                FROM set_aside JOIN reading ON reading.id = set_aside.reading JOIN lane ON lane.id = set_aside.lane
                JOIN strap ON strap.id = lane.strap WHERE \(condition)
                """, arguments: arguments)
        var entries: [DeadLetter] = []
        while let row = try rows.next() {
            let strap: String = row[9]
            entries.append(
                DeadLetter(
                    entry: try ReadingRow.entry(row, strap: strap), lane: Lane(strap: strap, destination: row[10]),
                    reason: row[7], setAsideAtMilliseconds: row[8], refusals: row[11], isRequeued: row[12],
                    isLaneDeclared: row[13]))
        }
        return entries
    }
}
