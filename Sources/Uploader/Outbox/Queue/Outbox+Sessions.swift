/// Uploads of sessions. Every call throws ``OutboxError``, also while the disk fails: then nothing is changed.
extension Outbox {
    package func declareSessionDestinations(_ names: [String]) throws {
        try changingSessions { [newestID] in try $0?.declareSessionDestinations(names, newestID: newestID) }
    }

    package func sessionScan() throws -> SessionScan {
        try sessions { try $0?.sessionScan() }
    }

    /// Keeps the new uploads with the place of the search that found them: both or nothing.
    package func keep(_ uploads: [SessionUpload], _ scan: SessionScan) throws {
        try changingSessions { try $0?.keep(uploads, scan) }
    }

    /// The session that goes to the destination next: the oldest one that waits and is newer than the session `id`,
    /// else the oldest one. Nil if none waits.
    package func nextSessionUpload(to destination: String, after id: Int64 = 0) throws -> SessionUpload? {
        try sessions { store in try store.map { try $0.nextSessionUpload(to: destination, after: id) } }
    }

    package func sessionUploadCounts() throws -> [SessionUploadCounts] {
        try sessions { try $0?.sessionUploadCounts() }
    }

    /// A request for this session follows. It is on the disk when this returns.
    package func beginSessionUpload(_ upload: SessionUpload) throws {
        try changingSessions { try $0?.beginSessionUpload(upload) }
    }

    /// Keeps the outcome. It is on the disk when this returns.
    package func endSessionUpload(_ upload: SessionUpload) throws {
        try changingSessions { try $0?.endSessionUpload(upload) }
    }

    private func changingSessions<Value: Sendable>(
        _ body: @Sendable (inout OutboxStore?) throws -> Value?
    ) throws -> Value {
        // An upload refers to readings of the file.
        if !isClosed { flush() }
        if connection.isReadOnly { throw connection.noFile }
        return try sessions(body)
    }

    private func sessions<Value: Sendable>(
        _ body: @Sendable (inout OutboxStore?) throws -> Value?
    ) throws -> Value {
        if isClosed { throw OutboxError(.storageFailed, path: path, detail: "the outbox is closed") }
        if let outage = recovery.outage { throw outage.error }
        guard let value = try reportingErrors({ try body(&$0.connection.store) }) else { throw connection.noFile }
        return value
    }
}
