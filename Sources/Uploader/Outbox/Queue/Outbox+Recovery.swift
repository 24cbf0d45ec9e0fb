import Logging
import Timing

/// While the file cannot be written, readings have their ids and wait in memory, lanes are answered from memory, and
/// the file is retried again and again.
extension Outbox {
    /// How many readings one commit takes when the file works again: some milliseconds, then an append may go first.
    private static let readingsPerCommit = 500

    /// How long uploads still wait for the machine's clock at most; nil if they do not wait.
    package var clockWait: Duration? {
        guard holdsUploads else { return nil }
        return max(.zero, options.clockWait - .milliseconds(time.now().bootMilliseconds - openedAtBootMilliseconds))
    }

    /// Whether readings can be written, and how many were lost if not.
    package var storageStatus: StorageStatus {
        StorageStatus(
            problem: recovery.outage.map { "\($0.error)" }, summary: recovery.outage?.error.summary,
            heldReadings: recent.unwritten.count, lost: recovery.lost.awaited,
            lostToHistory: recovery.lost.passed)
    }

    // MARK: Fault

    /// Writes the readings that only memory has, unless there is an outage.
    func writeNew() {
        lookForFile()
        if recovery.outage == nil {
            do {
                try reportingErrors { outbox in
                    guard outbox.connection.store != nil else { throw outbox.connection.noFile }
                    try outbox.connection.store?.append(
                        outbox.recent.unwritten, bootID: outbox.boot.id, synced: true)
                }
                recent.written(through: newestID)
            } catch {}  // reported, and tried again, by the outage that has begun
        }
        let left = recent.makeRoom { [lanes] in lanes.havePassed($0) }
        recovery.lost.add(awaited: left.awaited, passed: left.passed)
    }

    func beginOutage(_ error: OutboxError) {
        guard recovery.outage == nil, !isClosed else { return }
        if recovery.begin(error, atMilliseconds: time.now().bootMilliseconds) { Self.report(outage: error, logger) }
        outages.continuation.yield()
    }

    static func report(outage error: OutboxError, _ logger: Logger) {
        logger.error(
            "the outbox cannot be written, readings wait in memory",
            metadata: ["error": "\(error)", "limit": "\(RecentEntries.unwrittenLimit)"])
    }

    /// A file that was moved or removed takes all that is written, and it is lost.
    private func lookForFile() {
        guard recovery.isTimeToLook(atMilliseconds: time.now().bootMilliseconds) else { return }
        if !connection.isInPlace { beginOutage(connection.noFile) }
    }

    // MARK: Recovery

    func recoverAgainAndAgain() async throws {
        if recovery.outage != nil { outages.continuation.yield() }
        for await _ in outages.stream {
            while let wait = recovery.nextWait() {
                try await clock.sleep(for: wait)
                await recover()
            }
        }
    }

    /// Tries once to write the readings that wait.
    func recover() async {
        guard let outage = recovery.outage else { return }
        do {
            if outage.needsNewConnection || connection.store == nil || connection.isReadOnly {
                try reopen(after: outage.error)
            } else if outage.error.code == .diskFull {
                // Readings that are no longer kept leave room in the file, and a copied log leaves room in the log.
                try? await prune()
                try? connection.store?.checkpoint()
            }
            var count = 0
            while let written = try writeHeldOrEndOutage() {
                count += written
                await Task.yield()
            }
            if recovery.isReported || count > 0 {
                logger.notice(
                    "the outbox can be written again",
                    metadata: ["readings-from-memory": "\(count)", "lost": "\(recovery.lost.awaited)"])
            }
        } catch {
            let error = OutboxError(error, path: path)
            let failure = recovery.fail(error)
            if failure.isNews {
                logger.error("the outbox still cannot be written", metadata: ["error": "\(error)"])
            }
            if let count = failure.loss {
                logger.error(
                    "readings lost: the outbox cannot be written and memory is full",
                    metadata: ["readings": "\(count)", "undelivered-since-start": "\(recovery.lost.awaited)"])
            }
        }
    }

    private func reopen(after error: OutboxError) throws {
        let movesAside =
            error.meansDamage && connection.isInPlace
            && recovery.mayMoveAside(atMilliseconds: time.now().bootMilliseconds)
        let reopened = try connection.reopen(
            after: error, movesAside: movesAside,
            OutboxConnection.Identity(
                newestID: newestID, boot: boot, bootID: time.bootID, isClockTrusted: trust.isTrusted,
                lanes: lanes.lanes))
        fileOpenings += 1
        boot = reopened.boot
        lanes.renumber(reopened.lanes)
        // A commit that reported an error may be there, and an unsynced one may not.
        recent.written(through: reopened.newestID)
    }

    /// Writes some of the waiting readings, and returns how many; nil if none waited, and the outage is over. There is
    /// no suspension between the last write and the end of the outage: a reading in between would stay in memory only.
    private func writeHeldOrEndOutage() throws -> Int? {
        let next = Array(recent.unwritten.prefix(Self.readingsPerCommit))
        if let last = next.last {
            try connection.store?.append(next, bootID: boot.id, synced: true)
            recent.written(through: last.id)
            return next.count
        }
        // Even if nothing waits: it shows whether the file takes writes.
        try writeCursors()
        while let refusal = recovery.refusals.first {
            try write(refusal)
            recovery.removeFirstRefusal()
        }
        try writeExpired()
        try writeDevices()
        let lost = recovery.lost.uncounted
        try connection.store?.countLost(lost.awaited, history: lost.passed)
        recovery.lost.markCounted()
        recovery.end()
        clearSpool()
        return nil
    }

    func writeCursors() throws {
        try connection.store?.moveCursors(lanes.cursors(inFileThrough: recent.writtenThrough))
    }

    func write(_ refusal: OutageRecovery.Refusal) throws {
        guard let laneID = lanes[refusal.lane]?.id else { return }
        try connection.store?.setAside(
            refusal.ids, laneID: laneID, reason: refusal.reason, atMilliseconds: refusal.atMilliseconds)
    }

    /// The last try, when the program ends. Readings that it cannot write are lost, and logged.
    func writeAtTheEnd() async {
        guard recovery.outage != nil else { return }
        await recover()
        guard recovery.outage != nil, !recent.unwritten.isEmpty else { return }
        let awaited = recent.unwritten.count { !lanes.havePassed($0) }
        logger.error(
            "stopped while the outbox cannot be written, readings lost",
            metadata: ["undelivered": "\(awaited)", "history": "\(recent.unwritten.count - awaited)"])
    }
}
