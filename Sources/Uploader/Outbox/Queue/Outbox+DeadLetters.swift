import Timing

extension Outbox {
    /// Stores dead letters: readings that the destination rejected for good, with the service's message. Acknowledge
    /// them after.
    ///
    /// If a reading is a dead letter already, its rejections are counted. While the disk fails, dead letters wait in
    /// memory.
    /// - Throws: ``OutboxError`` if too many wait in memory.
    package func setAside(_ ids: [Int64], in lane: Lane, reason: String) throws {
        _ = try state(of: lane)
        // After a power cut there must be no dead letter without its reading.
        flush()
        let refusal = OutageRecovery.Refusal(
            ids: ids, lane: lane, reason: reason, atMilliseconds: time.now().wallMilliseconds)
        if recovery.outage == nil, (try? reportingErrors({ try $0.write(refusal) })) != nil { return }
        guard recovery.hold(refusal) else {
            throw OutboxError(.storageFailed, path: path, detail: "too many refusals wait for the file")
        }
    }

    /// The lane's dead letters that ``DeadLetterRequeue`` has requeued, of the ids after `id`, oldest first, at most
    /// `limit`. They stay dead letters until ``removeDeadLetters(_:in:)`` or ``setAside(_:in:reason:)``. None while the
    /// lane waits for the clock.
    /// - Throws: ``OutboxError``.
    package func requeued(in lane: Lane, after id: Int64, limit: Int) throws -> LaneEntries {
        let state = try state(of: lane)
        guard !holdsUploads else { return LaneEntries(entries: [], reachesNewest: true) }
        // One more than requested shows whether the last one is the newest.
        let found = try reportingErrors { outbox in
            try outbox.connection.store?.requeued(laneID: state.id, strap: lane.strap, after: id, limit: limit + 1)
                ?? []
        }.map(stampedIfOfThisBoot)
        return LaneEntries(entries: Array(found.prefix(limit)), reachesNewest: found.count <= limit)
    }

    /// These dead letters are delivered now.
    /// - Throws: ``OutboxError``; they may be delivered again then.
    package func removeDeadLetters(_ ids: [Int64], in lane: Lane) throws {
        let state = try state(of: lane)
        try reportingErrors { outbox in try outbox.connection.store?.removeDeadLetters(ids, laneID: state.id) }
    }
}
