import GRDB

/// Requests uploads of sessions, also in the outbox of a running uploader, which looks for them each minute.
package struct SessionUploadRequest: Sendable {
    /// The outcome of a request, for each session and destination.
    package enum Result: String, Sendable {
        case requested
        case isWaiting = "waits already"
        case isUploaded = "is uploaded already"
    }

    private let path: String
    private let database: DatabaseQueue

    /// Opens the file, which must be one that the uploader has brought to today's schema.
    /// - Throws: ``OutboxError``.
    package init(path: String) throws {
        self.path = path
        database = try OutboxVisit.open(path, label: "session upload")
    }

    /// The destinations that sessions are uploaded to, by name.
    /// - Throws: ``OutboxError``.
    package func destinations() async throws -> [String] {
        try await write { db in
            try String.fetchAll(db, sql: "SELECT name FROM session_destination WHERE is_declared ORDER BY name")
        }
    }

    /// Requests one upload. With `again` also of a session that is uploaded already. A session whose beginning has left
    /// the history has another ID than before: its last reading shows that it is the same.
    /// - Throws: ``OutboxError``.
    package func request(_ upload: SessionUpload, again: Bool = false) async throws -> Result {
        try await write { db in
            let known = try SessionUploadRow.fetch(
                db,
                where: """
                    session_destination.name = ?1
                    AND (external_id = ?2 OR (strap.name = ?3 AND last_reading = ?4)) ORDER BY external_id = ?2 DESC
                    """,
                arguments: [upload.destination, upload.externalID, upload.strap, upload.ids.upperBound]
            ).first
            if known?.state == .waiting { return .isWaiting }
            if known?.state == .uploaded, !again { return .isUploaded }
            try db.execute(
                sql: """
                    INSERT OR REPLACE INTO session_upload
                        (destination, first_reading, last_reading, strap, external_id, state, at_ms)
                    SELECT session_destination.id, ?, ?, strap.id, ?, 0, ? FROM session_destination, strap
                    WHERE session_destination.name = ? AND strap.name = ?
                    """,
                arguments: [
                    upload.ids.lowerBound, upload.ids.upperBound, upload.externalID, upload.atMilliseconds,
                    upload.destination, upload.strap,
                ])
            return .requested
        }
    }

    /// Retries uploads that are set aside: of this session, or all; to this destination, or to all. Returns how many.
    /// - Throws: ``OutboxError``.
    package func retry(session id: Int64? = nil, to destination: String? = nil) async throws -> Int {
        try await write { db in
            try db.execute(
                sql: """
                    UPDATE session_upload SET state = 0, reason = NULL
                    WHERE state = 2 AND (?1 IS NULL OR first_reading = ?1) AND destination IN (
                        SELECT id FROM session_destination WHERE is_declared AND (?2 IS NULL OR name = ?2))
                    """, arguments: [id, destination])
            return db.changesCount
        }
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await database.write(body)
        } catch let error as DatabaseError {
            throw OutboxError(lookingOn: error, path: path)
        }
    }
}

/// A connection that writes a few rows into the outbox of another program.
enum OutboxVisit {
    /// - Throws: ``OutboxError``.
    static func open(_ path: String, label: String) throws -> DatabaseQueue {
        try OutboxError.refuseMissingFile(path)
        var configuration = Configuration()
        configuration.label = label
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { db in
            try Schema.refuseForeignFile(db, path: path)
            try Schema.refuseOlderFile(db, path: path)
        }
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw OutboxError(lookingOn: error, path: path)
        }
    }
}
