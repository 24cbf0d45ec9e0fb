/// How the outbox spares the disk with ``Durability/processCrash``: what comes goes into the spool, and from memory into the
/// file every now and then.
extension Outbox {
    /// Readings that memory holds for the file before they are written out of turn.
    private static let flushCount = RecentEntries.unwrittenLimit / 2

    /// Makes readings as durable as ``OutboxOptions/durability`` says.
    func keep(_ entries: [OutboxEntry]) {
        if spooled(entries.map(SpoolRecord.reading)), outage == nil, recent.unwritten.count < Self.flushCount { return }
        writeNew()
    }

    /// Whether no crash of the program takes these any more. Also while the disk fails.
    func spooled(_ records: [SpoolRecord]) -> Bool {
        guard usesSpool else { return false }
        return (try? spool?.append(records)) != nil
    }

    /// Writes into the file what only memory and the spool have, readings first: a cursor there never goes beyond them.
    func flush() {
        guard !isClosed, outage == nil, spool != nil, !recent.unwritten.isEmpty || spool?.size ?? 0 > 0 else { return }
        writeNew()
        guard outage == nil else { return }
        // Told, and tried again, by the outage that begins when this fails.
        let isWritten: Void? = try? reportingErrors { outbox in
            for state in outbox.lanes.values {
                try outbox.store?.moveCursor(ofLane: state.id, to: min(state.cursor, outbox.recent.writtenThrough))
            }
        }
        guard isWritten != nil else { return }
        spool?.clear()
        if !usesSpool { dropSpool() }
    }

    /// What was noted has changed: all that waits is noted again.
    func renewSpool() {
        flush()
        guard usesSpool, outage != nil else { return }
        spool?.clear()
        _ = spooled(recent.unwritten.map(SpoolRecord.reading) + lanes.map { .cursor($0, $1.cursor) })
    }

    /// Nothing is in it any more, or the outbox is closed.
    func dropSpool() {
        if spool?.size == 0 { spool?.remove() }
        spool = nil
    }
}
