public import HeartRate

extension Outbox {
    /// Keeps a reading, and returns its id when it is as durable as ``OutboxOptions/durability`` says.
    ///
    /// Appends that wait for the disk at the same time are committed together. A reading that was stamped while the wall
    /// clock was still wrong is set right.
    /// - Throws: ``OutboxError``; the reading is then not kept.
    @discardableResult
    public func append(_ reading: Reading) async throws -> Int64 {
        try await withCheckedThrowingContinuation { done in
            pending.append(PendingAppend(reading: reading, done: done))
            // The appends that stand in the queue behind this one join its commit.
            if pending.count == 1 { afterQueuedJobs { $0.commitPending() } }
        }
    }

    private func commitPending() {
        let appends = pending
        pending.removeAll(keepingCapacity: true)
        let readings = appends.map { trust.stamped($0.reading) }
        do {
            let ids = try store.append(readings, bootID: boot.id)
            newestID = ids.last ?? newestID
            hasUnsyncedAppends = true
            for (id, reading) in zip(ids, readings) { recent.append(OutboxEntry(id: id, reading: reading)) }
            for (id, append) in zip(ids, appends) { append.done.resume(returning: id) }
            wake(Set(readings.lazy.filter { $0.heartRate != nil }.map(\.strap)))
        } catch {
            let error = OutboxError(error, path: path)
            for append in appends { append.done.resume(throwing: error) }
        }
    }

    private func wake(_ straps: Set<String>) {
        for waiter in waiters.values where straps.contains(waiter.strap) { waiter.wake.yield() }
    }
}
