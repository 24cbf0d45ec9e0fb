import Timing

extension Outbox {
    /// Keeps readings that the destination refused for good, with the service's own words. Acknowledge them after.
    ///
    /// A reading that was set aside before is so once more, and counted.
    /// While the disk fails they are noted in memory.
    /// - Throws: ``OutboxError`` where memory has no room for more.
    package func setAside(_ ids: [Int64], in lane: Lane, reason: String) throws {
        _ = try state(of: lane)
        // No power cut may leave the refusal of a reading that it has taken.
        flush()
        let refusal = Refusal(ids: ids, lane: lane, reason: reason, atMilliseconds: time.now().wallMilliseconds)
        if outage == nil, (try? reportingErrors({ try $0.write(refusal) })) != nil { return }
        guard refusals.count < Self.heldRefusalLimit else {
            throw OutboxError(.storageFailed, path: path, detail: "too many refusals wait for the file")
        }
        refusals.append(refusal)
    }

    /// The lane's readings that ``SetAsideRetry`` has put back, of the ids after `id`, oldest first, at most `limit`.
    /// They stay set aside until ``endSettingAside(_:in:)`` or ``setAside(_:in:reason:)``. None while the lane has to wait
    /// for the clock.
    /// - Throws: ``OutboxError``.
    package func putBack(in lane: Lane, after id: Int64, limit: Int) throws -> LaneEntries {
        let state = try state(of: lane)
        guard !holdsUploads else { return LaneEntries(entries: [], reachesNewest: true) }
        // One more than asked for tells whether the last one is the newest.
        let found = try reportingErrors { outbox in
            try outbox.store?.putBack(laneID: state.id, strap: lane.strap, after: id, limit: limit + 1) ?? []
        }.map(stampedIfOfThisBoot)
        return LaneEntries(entries: Array(found.prefix(limit)), reachesNewest: found.count <= limit)
    }

    /// Readings that were set aside are delivered now.
    /// - Throws: ``OutboxError``; they may be delivered once more then.
    package func endSettingAside(_ ids: [Int64], in lane: Lane) throws {
        let state = try state(of: lane)
        try reportingErrors { outbox in try outbox.store?.endSettingAside(ids, laneID: state.id) }
    }
}
