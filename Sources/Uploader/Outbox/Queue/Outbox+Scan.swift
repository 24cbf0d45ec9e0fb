import Logging

/// How lanes read the file.
extension Outbox {
    /// Reads the file, up to the reading `last` or else to the newest, in steps that let appends pass. `position` is
    /// where it stopped.
    func scan(
        for strap: String, after id: Int64, through last: Int64? = nil, limit: Int
    ) async throws -> (batch: LaneEntries, position: Int64) {
        var position = id
        var found: [OutboxEntry] = []
        let end = min(last ?? newestID, recent.writtenThrough)
        while position < end, found.count <= limit {
            try Task.checkCancellation()
            let stepEnd = min(end, position + Self.idsPerScan)
            let step = try reportingErrors { outbox in
                guard let store = outbox.connection.store else { throw outbox.connection.noFile }
                var step = try outbox.readWhatIsReadable(
                    of: strap, in: position + 1...stepEnd, limit: limit + 1 - found.count)
                // A gap in the ids, however wide, costs one look.
                if step.found.isEmpty, step.end == stepEnd {
                    step.end = (try? store.endOfGap(after: stepEnd)) ?? stepEnd
                }
                return step
            }
            found += step.found
            position = min(end, step.end)
            if position < end, found.count <= limit { await Task.yield() }
        }
        // Readings that the file does not have yet.
        if last == nil, found.count <= limit,
            let held = recent.entries(of: strap, after: position, limit: limit + 1 - found.count)
        {
            found += held
            position = newestID
        }
        return (
            LaneEntries(entries: Array(found.prefix(limit)), reachesNewest: found.count <= limit), position
        )
    }

    /// Reads one step of the file. Readings on an unreadable sector are skipped, and counted as lost. Otherwise no
    /// later reading would be delivered.
    private func readWhatIsReadable(
        of strap: String, in range: ClosedRange<Int64>, limit: Int
    ) throws -> (found: [OutboxEntry], end: Int64) {
        var range = range
        while true {
            do {
                return try readStep(of: strap, in: range, limit: limit)
            } catch let error as UnreadableSector {
                if range.count == 1 {
                    try passOverUnreadable(range.lowerBound, error)
                    return ([], range.upperBound)
                }
                range = range.prefixToRead
            }
        }
    }

    private func passOverUnreadable(_ id: Int64, _ error: UnreadableSector) throws {
        guard !unreadable.contains(id) else { return }
        // A disk that takes this write has a bad sector. Otherwise the whole disk has failed, and nothing is lost yet.
        try connection.store?.countLost(1, history: 0, synced: true)
        if !unreadable.contains(id - 1) {
            logger.error(
                "readings lost: a part of the outbox cannot be read",
                metadata: ["from": "\(id)", "error": "\(error.detail)"])
        }
        unreadable.insert(id)
        recovery.lost.addCounted()
    }

    private func readStep(
        of strap: String, in range: ClosedRange<Int64>, limit: Int
    ) throws -> (found: [OutboxEntry], end: Int64) {
        let found =
            try connection.store?.entries(
                of: strap, in: range, limit: limit, bootID: boot.id, isClockTrusted: trust.isTrusted) ?? []
        return (found.map(stampedIfOfThisBoot), range.upperBound)
    }

    /// The file may not have been corrected yet.
    func stampedIfOfThisBoot(_ entry: OutboxEntry) -> OutboxEntry {
        guard entry.id >= boot.firstReadingID else { return entry }
        return OutboxEntry(id: entry.id, reading: trust.stamped(entry.reading))
    }
}
