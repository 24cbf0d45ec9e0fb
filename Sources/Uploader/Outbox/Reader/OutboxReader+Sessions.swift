import GRDB

extension OutboxReader {
    /// The uploads of sessions, oldest session first.
    /// - Throws: ``OutboxError``.
    package func sessionUploads(to destination: String? = nil) async throws -> [SessionUpload] {
        try await read { db in
            // An older uploader may have the file open.
            guard try db.tableExists("session_upload") else { return [] }
            return try SessionUploadRow.fetch(
                db,
                where: """
                    (?1 IS NULL OR session_destination.name = ?1)
                    ORDER BY first_reading, external_id, session_destination.name
                    """, arguments: [destination])
        }
    }

    /// Of the declared destinations, by name.
    /// - Throws: ``OutboxError``.
    package func sessionUploadCounts() async throws -> [SessionUploadCounts] {
        try await read { db in
            guard try db.tableExists("session_upload") else { return [] }
            return try SessionUploadRow.counts(db)
        }
    }
}
