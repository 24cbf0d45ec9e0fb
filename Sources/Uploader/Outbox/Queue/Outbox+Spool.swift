import Logging

/// How the outbox spares the disk with ``Durability/processCrash``: new readings go into the spool at once, and from
/// memory into the file at intervals.
extension Outbox {
    /// Readings that memory holds for the file before they are written early.
    private static let flushCount = RecentEntries.unwrittenLimit / 2

    private var usesSpool: Bool { options.durability == .processCrash && spool != nil }

    /// Makes readings as durable as ``OutboxOptions/durability`` says.
    func keep(_ entries: [OutboxEntry]) {
        if spooled(entries), recovery.outage == nil, recent.unwritten.count < Self.flushCount { return }
        writeNew()
    }

    /// Whether the readings survive a crash of the program. Also while the disk fails, until the spool is full.
    private func spooled(_ entries: [OutboxEntry]) -> Bool {
        guard usesSpool, let readings = spool?.readings, readings + entries.count <= Spool.limit else { return false }
        return changeSpool { try $0.append(entries) }
    }

    /// Whether the lane's cursor survives a crash.
    func spooled(_ lane: Lane, _ id: Int64) -> Bool {
        guard usesSpool else { return false }
        return changeSpool { try $0.moveCursor(of: lane, to: id) }
    }

    /// The readings that the file does not have yet, for statistics.
    func spooled() -> Spool.Content { (try? spool?.content()) ?? Spool.Content() }

    /// Writes the content of memory and spool into the file, readings first: a cursor there never goes beyond them.
    func flush() {
        // Even if the spool has failed since: its readings are still in memory.
        let isSpoolEmpty = spool?.isEmpty ?? true
        guard !isClosed, recovery.outage == nil, !isSpoolEmpty || !recent.unwritten.isEmpty else { return }
        writeNew()
        guard recovery.outage == nil else { return }
        // If this fails, an outage begins, which reports it and tries again.
        let isWritten: Void? = try? reportingErrors { try $0.writeCursors() }
        guard isWritten != nil else { return }
        clearSpool()
    }

    /// The file has all that is in it.
    func clearSpool() {
        guard spool != nil, changeSpool({ try $0.clear() }), !usesSpool else { return }
        // It was only there for the readings of a crash.
        closeSpool()
    }

    /// Stored readings have changed: all waiting readings are stored again.
    func renewSpool() {
        flush()
        guard usesSpool, recovery.outage != nil, changeSpool({ try $0.clear() }) else { return }
        _ = spooled(recent.unwritten.prefix(Spool.limit).map(\.self))
        for (lane, cursor) in lanes.cursors { _ = spooled(lane, cursor) }
    }

    func closeSpool() {
        spool?.close()
        spool = nil
    }

    /// Without the spool each reading is written into the file at once.
    private func changeSpool(_ change: (inout Spool) throws -> Void) -> Bool {
        guard var changed = spool else { return false }
        do {
            try change(&changed)
            spool = changed
            return true
        } catch {
            Self.report(noSpool: error, logger)
            closeSpool()
            return false
        }
    }

    static func report(noSpool error: any Error, _ logger: Logger) {
        logger.warning(
            "no spool in memory: each reading is written to the disk at once, as with power-loss",
            metadata: ["error": "\(error)"])
    }
}
