import GRDB

/// Uploads of sessions. Their changes are synced: after a power cut no session is uploaded twice because of a lost one.
extension OutboxStore {
    /// Sessions are uploaded to these destinations and no others from now on. One that is new, or comes back, begins
    /// with the sessions that end after the reading `newestID`.
    mutating func declareSessionDestinations(_ names: [String], newestID: Int64) throws {
        try write(synced: true) { db in
            try db.execute(
                sql: """
                    UPDATE session_destination SET is_declared = 0
                    WHERE name NOT IN (\(databaseQuestionMarks(count: names.count)))
                    """, arguments: StatementArguments(names))
            for name in names {
                try db.execute(
                    sql: """
                        INSERT INTO session_destination (name, since_reading, is_declared) VALUES (?, ?, 1)
                        ON CONFLICT (name) DO UPDATE SET is_declared = 1,
                            since_reading = CASE WHEN is_declared THEN since_reading ELSE excluded.since_reading END
                        """, arguments: [name, newestID])
            }
        }
    }

    func sessionScan() throws -> SessionScan {
        try database.unsafeRead { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT strap.name, through_reading FROM session_scan
                    LEFT JOIN strap ON strap.id = session_scan.strap
                    """)
            var scan = SessionScan()
            for row in rows {
                if let name: String = row[0] { scan.handledThroughID[name] = row[1] } else { scan.throughID = row[1] }
            }
            return scan
        }
    }

    /// Keeps the new uploads with the place of the search that found them. An upload that is known, or of a session
    /// that ended before its destination was declared, is left out.
    mutating func keep(_ uploads: [SessionUpload], _ scan: SessionScan) throws {
        var ids: [String: Int64] = [:]
        for name in uploads.map(\.strap) + scan.handledThroughID.keys { ids[name] = try strapID(name) }
        try write(synced: true) { db in
            for upload in uploads {
                try db.execute(
                    sql: """
                        INSERT OR IGNORE INTO session_upload
                            (destination, first_reading, last_reading, strap, external_id, state, at_ms, reason)
                        SELECT id, ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM session_destination
                        WHERE name = ?8 AND since_reading < ?2
                        """,
                    arguments: [
                        upload.ids.lowerBound, upload.ids.upperBound, ids[upload.strap], upload.externalID,
                        upload.state.rawValue, upload.atMilliseconds, upload.reason, upload.destination,
                    ])
            }
            for (name, id) in scan.handledThroughID { try Self.keep(id, ofStrap: ids[name] ?? 0, db) }
            try Self.keep(scan.throughID, ofStrap: 0, db)
            // Those of sessions that have left the history long since.
            try db.execute(
                sql: "DELETE FROM session_upload WHERE state = ? AND last_reading < (SELECT min(id) FROM reading)",
                arguments: [SessionUpload.State.uploaded.rawValue])
        }
    }

    private static func keep(_ id: Int64, ofStrap strap: Int64, _ db: Database) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO session_scan VALUES (?, ?)", arguments: [strap, id])
    }

    /// The session that goes to the destination next.
    func nextSessionUpload(to destination: String, after id: Int64) throws -> SessionUpload? {
        try database.unsafeRead { db in
            try SessionUploadRow.fetch(
                db,
                where: """
                    session_destination.name = ? AND is_declared AND state = 0
                    ORDER BY first_reading <= ?, first_reading LIMIT 1
                    """, arguments: [destination, id]
            ).first
        }
    }

    func sessionUploadCounts() throws -> [SessionUploadCounts] {
        try database.unsafeRead { try SessionUploadRow.counts($0) }
    }

    /// Before the first byte is sent.
    mutating func beginSessionUpload(_ upload: SessionUpload) throws {
        try change(upload, "is_begun = 1", [])
    }

    mutating func endSessionUpload(_ upload: SessionUpload) throws {
        try change(
            upload, "state = ?, is_begun = 0, at_ms = ?, reason = ?, remote_id = ?",
            [upload.state.rawValue, upload.atMilliseconds, upload.reason, upload.remoteID])
    }

    private mutating func change(
        _ upload: SessionUpload, _ assignments: String, _ arguments: StatementArguments
    ) throws {
        try write(synced: true) { db in
            try db.execute(
                sql: """
                    UPDATE session_upload SET \(assignments)
                    WHERE destination = (SELECT id FROM session_destination WHERE name = ?) AND external_id = ?
                    """, arguments: arguments + [upload.destination, upload.externalID])
        }
    }
}

/// Rows of the table `session_upload`.
enum SessionUploadRow {
    static func fetch(
        _ db: Database, where condition: String, arguments: StatementArguments
    ) throws -> [SessionUpload] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT external_id, strap.name, first_reading, last_reading, session_destination.name, state, is_begun,
                    at_ms, reason, remote_id
                FROM session_upload JOIN session_destination ON session_destination.id = destination
                JOIN strap ON strap.id = session_upload.strap WHERE \(condition)
                """, arguments: arguments
        ).map { row in
            let (first, last): (Int64, Int64) = (row[2], row[3])
            return SessionUpload(
                externalID: row[0], strap: row[1], ids: first...max(first, last), destination: row[4],
                state: SessionUpload.State(rawValue: row[5]) ?? .setAside, isBegun: row[6], atMilliseconds: row[7],
                reason: row[8], remoteID: row[9])
        }
    }

    /// Of the declared destinations, by name.
    static func counts(_ db: Database) throws -> [SessionUploadCounts] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT name, count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE state = 1),
                    count(*) FILTER (WHERE state = 2)
                FROM session_destination LEFT JOIN session_upload ON destination = id
                WHERE is_declared GROUP BY id ORDER BY name
                """
        ).map { SessionUploadCounts(destination: $0[0], waiting: $0[1], uploaded: $0[2], setAside: $0[3]) }
    }
}
