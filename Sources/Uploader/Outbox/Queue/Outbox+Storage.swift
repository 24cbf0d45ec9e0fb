import Logging
import Timing

/// What the outbox does while its file cannot be written: readings have their ids and wait in memory, lanes are answered
/// from there, and the file is tried again and again.
extension Outbox {
    /// How many readings one commit takes when the file works again: some milliseconds, then an append may go first.
    private static let readingsPerCommit = 500
    /// How often a file that takes everything is looked for at its path, with the readings that come.
    private static let lookIntervalMilliseconds: Int64 = 10_000
    /// What flickers is told no more often.
    private static let tellIntervalMilliseconds: Int64 = 60_000
    /// Refusals that wait for the file; a lane with more waits itself.
    static let heldRefusalLimit = 1000

    struct Refusal {
        let ids: [Int64]
        let lane: Lane
        let reason: String
        let atMilliseconds: Int64
    }

    /// Whether readings can be written, and what it cost where they could not.
    package var storageStatus: StorageStatus {
        StorageStatus(
            problem: outage.map { "\($0.error)" }, summary: outage?.error.summary,
            heldReadings: recent.unwritten.count, lost: lost.awaited, lostToHistory: lost.passed)
    }

    // MARK: Fault

    /// Writes what only memory has, unless the file is known not to take it.
    func writeNew() {
        lookForFile()
        if outage == nil {
            do {
                try reportingErrors { outbox in
                    guard outbox.store != nil else { throw outbox.noFile }
                    try outbox.store?.append(outbox.recent.unwritten, bootID: outbox.boot.id, synced: true)
                }
                recent.written(through: newestID)
            } catch {}  // told, and tried again, by the outage that has begun
        }
        let left = recent.makeRoom { [lanes] entry in
            entry.reading.heartRate == nil
                || lanes.allSatisfy { $0.key.strap != entry.reading.strap || $0.value.cursor >= entry.id }
        }
        lost.passed += left.passed
        lost.awaited += left.awaited
    }

    func beginOutage(_ error: OutboxError) {
        guard outage == nil, !isClosed else { return }
        outage = StorageOutage(error)
        let now = time.now().bootMilliseconds
        isOutageTold = outageToldAtMilliseconds.map { now - $0 >= Self.tellIntervalMilliseconds } ?? true
        if isOutageTold {
            outageToldAtMilliseconds = now
            Self.tell(outage: error, logger)
        }
        faults.continuation.yield()
    }

    static func tell(outage error: OutboxError, _ logger: Logger) {
        logger.error(
            "the outbox cannot be written, readings wait in memory",
            metadata: ["error": "\(error)", "limit": "\(RecentEntries.unwrittenLimit)"])
    }

    /// A file that was moved or removed takes all that is written, and nobody finds it again.
    private func lookForFile() {
        let now = time.now().bootMilliseconds
        guard outage == nil, now - lookedAtMilliseconds >= Self.lookIntervalMilliseconds else { return }
        lookedAtMilliseconds = now
        if OutboxFile.Place(path) != place { beginOutage(noFile) }
    }

    var noFile: OutboxError {
        OutboxError(.vanished, path: path, detail: "the file is no longer where it was")
    }

    // MARK: Recovery

    func recoverAgainAndAgain() async throws {
        if outage != nil { faults.continuation.yield() }
        for await _ in faults.stream {
            while let wait = outage?.nextWait() {
                try await clock.sleep(for: wait)
                await recover()
            }
        }
    }

    /// One try to write what waits.
    func recover() async {
        guard let outage else { return }
        do {
            if outage.needsNewConnection || store == nil || isReadOnly {
                try openAnew(after: outage.error)
            } else if outage.error.code == .diskFull {
                // Readings whose time is over leave room in the file, and what was copied from its log does in the log.
                try? await prune()
                try? store?.checkpoint()
            }
            var count = 0
            while let written = try writeHeldOrEndOutage() {
                count += written
                await Task.yield()
            }
            if isOutageTold || count > 0 {
                logger.notice(
                    "the outbox can be written again",
                    metadata: ["readings-from-memory": "\(count)", "lost": "\(lost.awaited)"])
            }
        } catch {
            let error = OutboxError(error, path: path)
            if self.outage?.fail(error) == true {
                logger.error("the outbox still cannot be written", metadata: ["error": "\(error)"])
            }
            if let count = self.outage?.lossToTell(lost: lost.awaited + lost.passed) {
                logger.error(
                    "readings lost: the outbox cannot be written and memory is full",
                    metadata: ["readings": "\(count)", "undelivered-since-start": "\(lost.awaited)"])
            }
        }
    }

    /// Writes some of the readings that wait, and returns how many; nil when none waited, and the outage is over. It ends
    /// without a pause after the last write: what came in between would be kept in memory only, and never be written.
    private func writeHeldOrEndOutage() throws -> Int? {
        let next = Array(recent.unwritten.prefix(Self.readingsPerCommit))
        if let last = next.last {
            try store?.append(next, bootID: boot.id, synced: true)
            recent.written(through: last.id)
            return next.count
        }
        // Also where nothing waits: it shows whether the file takes writes.
        try writeCursors()
        while let refusal = refusals.first {
            try write(refusal)
            refusals.removeFirst()
        }
        try writeTooOld()
        try store?.countLost(lost.awaited - countedLost.awaited, history: lost.passed - countedLost.passed)
        countedLost = lost
        outage = nil
        clearSpool()
        return nil
    }

    func writeCursors() throws {
        try store?.moveCursors(
            lanes.values.map { (laneID: $0.id, reading: min($0.cursor, recent.writtenThrough)) })
    }

    func write(_ refusal: Refusal) throws {
        guard let laneID = lanes[refusal.lane]?.id else { return }
        try store?.setAside(
            refusal.ids, laneID: laneID, reason: refusal.reason, atMilliseconds: refusal.atMilliseconds)
    }

    /// The last try, when the program ends. What it cannot write is lost, and told.
    func writeAtTheEnd() async {
        guard outage != nil else { return }
        await recover()
        guard outage != nil, !recent.unwritten.isEmpty else { return }
        let awaited = recent.unwritten.count { entry in
            entry.reading.heartRate != nil
                && lanes.contains { $0.key.strap == entry.reading.strap && $0.value.cursor < entry.id }
        }
        logger.error(
            "stopped while the outbox cannot be written, readings lost",
            metadata: ["undelivered": "\(awaited)", "history": "\(recent.unwritten.count - awaited)"])
    }
}
