extension Outbox {
    /// Keeps a reading, and returns its id when it is as durable as ``OutboxOptions/durability`` says.
    ///
    /// Appends that wait for the disk at the same time are committed together. A reading that was stamped while the
    /// wall clock was still wrong is set right.
    ///
    /// While the disk fails it is in memory only, where a limited number of readings waits for the disk: see
    /// ``storageStatus``.
    /// - Throws: ``OutboxError`` after ``close()``; the reading is then not kept.
    @discardableResult
    package nonisolated func append(_ reading: Reading) async throws -> Int64 {
        try await append([reading])
    }

    /// Keeps readings, in one commit; see ``append(_:)-(Reading)``. Returns the id of the last one, 0 for none.
    @discardableResult
    package nonisolated func append(_ readings: [Reading]) async throws -> Int64 {
        guard !readings.isEmpty else { return 0 }
        // Not as a function of the actor: see `request(of:after:limit:waits:)`.
        return try await withCheckedThrowingContinuation { done in
            onThread { $0.take(PendingAppend(readings: readings, done: done)) }
        }
    }

    private func take(_ append: PendingAppend) {
        pending.append(append)
        // The appends that stand in the queue behind this one join its commit.
        if pending.count == 1 { onThread { $0.commitPending() } }
    }

    private func commitPending() {
        let appends = pending
        pending.removeAll(keepingCapacity: true)
        if isClosed {
            let error = OutboxError(.storageFailed, path: path, detail: "the outbox is closed")
            for append in appends { append.done.resume(throwing: error) }
            return
        }
        let readings = appends.flatMap { $0.readings.map(trust.stamped) }
        var kept = newestID
        let entries = zip((newestID + 1)..., readings).map { OutboxEntry(id: $0, reading: $1) }
        newestID += Int64(entries.count)
        for entry in entries { recent.append(entry) }
        keep(entries)
        for append in appends {
            kept += Int64(append.readings.count)
            append.done.resume(returning: kept)
        }
        answerRequests(of: Set(readings.lazy.filter { $0.heartRate != nil }.map(\.strap)))
    }
}
