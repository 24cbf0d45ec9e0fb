import Timing

/// How a lane prunes or defers a backlog.
extension Outbox {
    // MARK: Age

    /// Moves the lane's cursor over the readings that are older than `maximumAge`, up to the first that is not, and
    /// counts them for ``OutboxStatistics``. Returns their number.
    ///
    /// They stay in the history. A span of `keepTogetherMilliseconds` is as old as its end.
    /// - Throws: ``OutboxError``; readings skipped until then stay skipped.
    package func skipExpired(
        in lane: Lane, olderThan maximumAge: Duration, keepTogetherMilliseconds: Int64
    ) async throws -> Int {
        let state = try state(of: lane)
        // Readings that only memory has are not in the way, and expire there.
        return try await skipExpired(
            in: lane, olderThan: maximumAge,
            BacklogPruner(
                laneID: state.id, strap: lane.strap, after: state.cursor, through: recent.writtenThrough,
                keepTogetherMilliseconds: keepTogetherMilliseconds))
    }

    /// Counts readings that have expired in a lane's memory. Acknowledge them after.
    /// - Throws: ``OutboxError/Code/undeclaredLane``.
    package func countExpired(_ count: Int, in lane: Lane) throws {
        _ = try state(of: lane)
        lanes.countExpired(count, in: lane)
        guard recovery.outage == nil else { return }
        // If this fails, an outage begins, which reports it and tries again.
        try? reportingErrors { try $0.writeExpired() }
    }

    /// Writes the counts of ``countExpired(_:in:)`` into the file.
    func writeExpired() throws {
        for (lane, count) in lanes.uncountedExpired {
            if let laneID = lanes[lane]?.id { try connection.store?.countExpired(count, laneID: laneID) }
            lanes.expiredAreCounted(in: lane)
        }
    }

    private func skipExpired(
        in lane: Lane, olderThan maximumAge: Duration, _ pruner: BacklogPruner
    ) async throws -> Int {
        var pruner = pruner
        // While the disk fails, readings that were read from the file expire in the lane's memory.
        while !pruner.isDone, recovery.outage == nil {
            let limit = limit(maximumAge, spanMilliseconds: pruner.spanMilliseconds)
            let step: Void? = try reportingErrors { try $0.connection.store?.skipExpired(&pruner, limit) }
            guard step != nil else { break }
            // Only the lane's own delivery moves its cursor, and waits for this.
            if pruner.range == nil { lanes.move(lane, to: pruner.position) }
            if !pruner.isDone { await Task.yield() }
        }
        return pruner.skippedCount
    }

    private func limit(_ maximumAge: Duration, spanMilliseconds: Int64) -> AgeLimit {
        let now = time.now()
        let age = Int64(maximumAge / .milliseconds(1))
        return AgeLimit(
            bootID: boot.id, isClockTrusted: trust.isTrusted, bootCutoffMilliseconds: now.bootMilliseconds - age,
            wallCutoffMilliseconds: now.wallMilliseconds - age, spanMilliseconds: spanMilliseconds)
    }

    // MARK: Newest first

    /// Defers all but the newest reading of the lane, and the readings kept together with it, as a backfill range.
    /// Nothing is deferred if at most `readings` wait, or while the disk fails. `done` are readings after the cursor
    /// that are delivered already, oldest first. Returns the cursor.
    /// - Throws: ``OutboxError``; nothing has changed then.
    package func deferBacklog(
        in lane: Lane, unlessAtMost readings: Int, done: [Int64], keepTogetherMilliseconds: Int64
    ) async throws -> Int64 {
        let state = try state(of: lane)
        // A backfill range has only readings of the file.
        flush()
        let newest = newestID
        guard recovery.outage == nil, state.cursor < newest else { return state.cursor }
        func edge(below count: Int) async throws -> Int64? {
            try await self.edge(
                EdgeScan(
                    of: lane.strap, below: count, after: state.cursor, through: newest,
                    keepTogetherMilliseconds: keepTogetherMilliseconds))
        }
        guard try await edge(below: readings) != nil, let edge = try await edge(below: 1) else { return state.cursor }
        let cursor = max(edge, done.last ?? 0)
        try reportingErrors { outbox in
            try outbox.connection.store?.deferBacklog(laneID: state.id, from: state.cursor, to: cursor, done: done)
        }
        lanes.move(lane, to: cursor)
        return cursor
    }

    /// The next backfill range to send: the newest one, split so that it has about `readings` at most. Readings older
    /// than `maximumAge` are skipped first, and counted in `expired`. Nil if there is none, while the lane waits for
    /// the clock, or while the disk fails.
    /// - Throws: ``OutboxError``.
    package func nextBackfill(
        in lane: Lane, readings: Int, maximumAge: Duration?, keepTogetherMilliseconds: Int64
    ) async throws -> (range: BackfillRange?, expired: Int) {
        let laneID = try state(of: lane).id
        var expired = 0
        while !holdsUploads, recovery.outage == nil,
            let range = try reportingErrors({ try $0.connection.store?.newestBackfillRange(laneID: laneID) })
        {
            if let maximumAge {
                let skipped = try await skipExpired(
                    in: lane, olderThan: maximumAge,
                    BacklogPruner(
                        laneID: laneID, strap: lane.strap, in: range,
                        keepTogetherMilliseconds: keepTogetherMilliseconds))
                expired += skipped
                // The range may be gone.
                if skipped > 0 { continue }
            }
            guard
                let edge = try await edge(
                    EdgeScan(
                        of: lane.strap, below: readings, after: range.after, through: range.last,
                        keepTogetherMilliseconds: keepTogetherMilliseconds))
            else { return (range, expired) }
            return (
                try reportingErrors { try $0.connection.store?.split(range, laneID: laneID, at: edge) }, expired
            )
        }
        return (nil, expired)
    }

    /// The range's readings to upload after `id`, oldest first, at most `limit`.
    /// - Throws: ``OutboxError``, `CancellationError`.
    package func entries(
        of range: BackfillRange, in lane: Lane, after id: Int64, limit: Int
    ) async throws -> LaneEntries {
        try await scan(for: lane.strap, after: id, through: range.last, limit: limit).batch
    }

    /// The range's readings up to this id are delivered, or set aside. An empty range is removed.
    /// - Throws: ``OutboxError``; they are delivered again then.
    package func advance(_ range: BackfillRange, through id: Int64) throws {
        try reportingErrors { try $0.connection.store?.advance(range, through: id) }
    }

    private func edge(_ scan: EdgeScan) async throws -> Int64? {
        var scan = scan
        while !scan.isDone {
            if let edge = try reportingErrors({ try $0.connection.store?.edge(&scan) ?? nil }) { return edge }
            await Task.yield()
        }
        return nil
    }
}

extension OutboxStore {
    fileprivate mutating func skipExpired(_ pruner: inout BacklogPruner, _ limit: AgeLimit) throws {
        try pruner.step(in: &self, limit)
    }

    fileprivate mutating func edge(_ scan: inout EdgeScan) throws -> Int64? {
        try scan.step(in: &self)
    }
}
