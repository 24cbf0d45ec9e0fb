import Logging

/// How the outbox spares the disk with ``Durability/processCrash``: what comes goes into the spool, and from memory into the
/// file every now and then.
extension Outbox {
    /// Readings that memory holds for the file before they are written out of turn.
    private static let flushCount = RecentEntries.unwrittenLimit / 2

    private var usesSpool: Bool { options.durability == .processCrash && spool != nil }

    /// Makes readings as durable as ``OutboxOptions/durability`` says.
    func keep(_ entries: [OutboxEntry]) {
        if spooled(entries), outage == nil, recent.unwritten.count < Self.flushCount { return }
        writeNew()
    }

    /// Whether no crash of the program takes the readings any more. Also while the disk fails, until the spool is full.
    private func spooled(_ entries: [OutboxEntry]) -> Bool {
        guard usesSpool, let readings = spool?.readings, readings + entries.count <= Spool.limit else { return false }
        return changeSpool { try $0.append(entries) }
    }

    /// Whether no crash takes the lane's cursor back.
    func spooled(_ lane: Lane, _ id: Int64) -> Bool {
        guard usesSpool else { return false }
        return changeSpool { try $0.moveCursor(of: lane, to: id) }
    }

    /// What the file does not have yet, for who counts.
    func spooled() -> Spool.Content { (try? spool?.content()) ?? Spool.Content() }

    /// Writes into the file what only memory and the spool have, readings first: a cursor there never goes beyond them.
    func flush() {
        // Also where the spool has failed since: its readings are in memory still.
        let isSpoolEmpty = spool?.isEmpty ?? true
        guard !isClosed, outage == nil, !isSpoolEmpty || !recent.unwritten.isEmpty else { return }
        writeNew()
        guard outage == nil else { return }
        // Told, and tried again, by the outage that begins when this fails.
        let isWritten: Void? = try? reportingErrors { try $0.writeCursors() }
        guard isWritten != nil else { return }
        clearSpool()
    }

    /// The file has all that is in it.
    func clearSpool() {
        guard spool != nil, changeSpool({ try $0.clear() }), !usesSpool else { return }
        // It was only there for what a crash has left.
        closeSpool()
    }

    /// What was noted has changed: all that waits is noted again.
    func renewSpool() {
        flush()
        guard usesSpool, outage != nil, changeSpool({ try $0.clear() }) else { return }
        _ = spooled(recent.unwritten.prefix(Spool.limit).map(\.self))
        for (lane, state) in lanes { _ = spooled(lane, state.cursor) }
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
            Self.tell(noSpool: error, logger)
            closeSpool()
            return false
        }
    }

    static func tell(noSpool error: any Error, _ logger: Logger) {
        logger.warning(
            "no spool in memory: each reading is written to the disk at once, as with power-loss",
            metadata: ["error": "\(error)"])
    }
}
