import Logging
import ServiceLifecycle
import Timing

extension Outbox {
    /// How often the kernel is asked whether the wall clock is set, while it is not. The kernel sends no event.
    static let clockCheckInterval: Duration = .seconds(1)
    /// The same once uploads no longer wait for it. A machine without network time is not woken each second for ever.
    static let lateClockCheckInterval: Duration = .seconds(10)
    /// How often readings are pruned. In between 20 straps at 4 Hz add about 2 MB.
    static let pruneInterval: Duration = .seconds(600)
    /// A time this far ahead is from a wrong clock.
    static let futureToleranceMilliseconds: Int64 = 86_400_000

    /// Watches the wall clock, prunes readings, and empties the spool, until shutdown or cancellation. Stop it last: it
    /// writes the last appends and acknowledgements of the other services at its end.
    package func run() async throws {
        try? await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.watchClock() }
                group.addTask { try await self.pruneAgainAndAgain() }
                group.addTask { try await self.flushAgainAndAgain() }
                group.addTask { try await self.recoverAgainAndAgain() }
                try await group.waitForAll()
            }
        }
        await writeAtTheEnd()
        flush()
        closeSpool()
    }

    // MARK: Clock

    private func watchClock() async throws {
        var waited: Duration = .zero
        if holdsUploads {
            logger.info(
                "waiting for the clock: network time has not set it yet",
                metadata: ["at-most": "\(options.clockWait)", "next-step": "check network time: timedatectl"])
        }
        while !trust.isTrusted {
            if time.isWallClockTrusted() {
                // From here on readings arrive with the right time, or are corrected when they are appended.
                trust.trust(at: time.now())
                try await restampThisBoot()
            }
            guard !trust.isTrusted else { break }
            if holdsUploads, waited >= options.clockWait {
                logger.warning(
                    "clock not synchronised, uploading with the time as it is",
                    metadata: ["waited": "\(waited)", "next-step": "check network time: timedatectl"])
                release()
            }
            let step =
                holdsUploads ? min(Self.clockCheckInterval, options.clockWait - waited) : Self.lateClockCheckInterval
            try await clock.sleep(for: step)
            waited += step
        }
        try await watchBatteryClock()
    }

    /// A battery clock is trusted, and nothing waits. But it may be off until the network time arrives.
    private func watchBatteryClock() async throws {
        while !time.isWallClockSynchronised() { try await clock.sleep(for: Self.lateClockCheckInterval) }
        if trust.synchronise(at: time.now()) { try await restampThisBoot() }
    }

    /// Gives every reading of this boot the time at which it happened. Repeated from the start after a crash.
    private func restampThisBoot() async throws {
        recent.changeReadings(trust.stamped)
        renewSpool()
        guard let bootedAt = trust.bootedAtMilliseconds else { return }
        // Lanes correct the file's readings as they read them, so they need not wait for a failing disk.
        release()
        let last = newestID
        let task = "set the time of readings right"
        var walk = ReadingWalk(after: boot.firstReadingID - 1, through: last)
        while try await keepTrying(
            task,
            {
                try step(&walk) { store, position, limit in
                    let ids = position + 1...min(last, position + limit)
                    try store.restamp(boot, bootedAtMilliseconds: bootedAt, in: ids)
                    return ids.upperBound
                }
            })
        {
            await Task.yield()
        }
        try await keepTrying(task) { try reportingErrors { try $0.connection.store?.trustClock(of: $0.boot) } }
        logger.info("clock synchronised", metadata: ["readings-set-right": "\(max(0, last - boot.firstReadingID + 1))"])
    }

    private func release() {
        guard holdsUploads else { return }
        holdsUploads = false
        answerRequests()
    }

    // MARK: Retention

    private func pruneAgainAndAgain() async throws {
        while true {
            do {
                try await prune()
            } catch let error as OutboxError {
                logger.error("could not let readings go", metadata: ["error": "\(error)"])
            }
            try await clock.sleep(for: Self.pruneInterval)
        }
    }

    /// Removes readings beyond the retention, and the oldest if the file is too large, in small steps.
    func prune() async throws {
        defer { recent.forgetWritten() }
        var dropped = 0
        var removal = ReadingWalk(through: recent.writtenThrough)
        while try reportingErrors({ try $0.connection.store?.usedBytes() ?? 0 }) > options.sizeLimitBytes {
            let goesOn = try step(&removal) { store, position, limit in
                let step = try store.removeOldest(after: position, limit: limit)
                dropped += step.awaited
                // The removed ones are in no one's way: the walk stays where it is.
                return step.removed > 0 ? position : nil
            }
            guard goesOn else { break }
            await Task.yield()
        }
        if dropped > 0 {
            logger.warning(
                "outbox full, oldest readings dropped undelivered",
                metadata: ["readings": "\(dropped)", "limit-bytes": "\(options.sizeLimitBytes)"])
        }
        // By a wrong clock all readings, or none, would be beyond the retention.
        guard trust.isTrusted else { return }
        try await removeExpired()
    }

    private func removeExpired() async throws {
        // A clock that jumps must not remove the history: the time that keeps more readings counts.
        let now = time.now()
        let walls = [now.wallMilliseconds, trust.steadyWallMilliseconds(at: now)]
        let cutoff = (walls.min() ?? 0) - Int64(options.retention / .milliseconds(1))
        let future = (walls.max() ?? 0) + Self.futureToleranceMilliseconds
        var search = ReadingWalk(through: recent.writtenThrough)
        var removal = search
        var last: Int64?
        while try step(
            &search,
            { store, position, limit in
                let step = try store.expired(
                    after: position, limit: limit, cutoffMilliseconds: cutoff, futureMilliseconds: future)
                last = step?.expiredThrough ?? last
                return step?.examinedThrough
            })
        {
            while let last,
                try step(&removal, { try $0.remove(after: $1, through: last, limit: $2) })
            {
                await Task.yield()
            }
            await Task.yield()
        }
    }

    /// One step of housekeeping. Returns whether there may be more.
    private func step(
        _ walk: inout ReadingWalk, _ body: (inout OutboxStore, Int64, Int64) throws -> Int64?
    ) throws(OutboxError) -> Bool {
        guard var store = connection.store else { return false }
        defer {
            connection.store = store
            if walk.badPlaces > 0 { reportBadPlace(before: walk.position) }
        }
        do {
            return try walk.step(in: &store, body)
        } catch {
            throw outage(because: error)
        }
    }

    private func reportBadPlace(before id: Int64) {
        if isBadPlaceReported { return }
        isBadPlaceReported = true
        logger.warning(
            "a part of the outbox cannot be read: its readings stay in the file",
            metadata: ["before": "\(id)", "next-step": "replace the disk"])
    }

    // MARK: Spool

    private func flushAgainAndAgain() async throws {
        // Readings of a crash.
        flush()
        guard options.durability == .processCrash else { return }
        while true {
            try await clock.sleep(for: options.syncInterval)
            flush()
        }
    }

    private func keepTrying<Value>(_ task: String, _ body: () throws -> Value) async throws -> Value {
        var isTold = false
        while true {
            do {
                return try body()
            } catch {
                if !isTold { logger.error("could not \(task), trying again", metadata: ["error": "\(error)"]) }
                isTold = true
            }
            try await clock.sleep(for: Self.clockCheckInterval)
        }
    }
}
