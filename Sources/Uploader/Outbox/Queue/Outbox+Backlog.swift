import Timing

/// What a lane does with a backlog other than sending it in order.
extension Outbox {
    // MARK: Age

    /// Moves the lane's cursor over the readings that are older than `maximumAge`, up to the first that is not, and counts
    /// them for ``OutboxStatistics``. Returns how many they are.
    ///
    /// They stay in the history. Readings of one span of `keepTogetherMilliseconds` are so old as its end.
    /// - Throws: ``OutboxError``; what was passed over by then is so.
    package func passOver(
        in lane: Lane, olderThan maximumAge: Duration, keepTogetherMilliseconds: Int64
    ) async throws -> Int {
        let start = try state(of: lane).cursor
        // What only memory has is not in the way, and gets too old there.
        return try await passOver(lane, nil, start, recent.writtenThrough, maximumAge, keepTogetherMilliseconds)
    }

    /// Counts readings that became too old in a lane's memory. Acknowledge them after.
    /// - Throws: ``OutboxError/Code/undeclaredLane``.
    package func countTooOld(_ count: Int, in lane: Lane) throws {
        _ = try state(of: lane)
        tooOld[lane, default: 0] += count
        guard outage == nil else { return }
        // Told, and tried again, by the outage that begins when this fails.
        try? reportingErrors { try $0.writeTooOld() }
    }

    /// Puts into the file what was counted.
    func writeTooOld() throws {
        for (lane, count) in tooOld {
            if let laneID = lanes[lane]?.id { try store?.countTooOld(count, laneID: laneID) }
            tooOld[lane] = nil
        }
    }

    private func passOver(
        _ lane: Lane, _ gap: Gap?, _ start: Int64, _ end: Int64, _ maximumAge: Duration, _ keepTogether: Int64
    ) async throws -> Int {
        let laneID = try state(of: lane).id
        var position = start
        var count = 0
        // While the disk fails what is read of the file gets too old in the lane's memory.
        while position < end, outage == nil {
            let range = position + 1...min(end, position + Self.idsPerScan)
            let passed = try reportingErrors { outbox in
                try outbox.store?.passOver(
                    laneID: laneID, strap: lane.strap, gap: gap, in: range, outbox.limit(maximumAge, keepTogether))
            }
            guard let passed else { break }
            // Only its own delivery moves a lane's cursor, and waits for this meanwhile.
            if gap == nil { lanes[lane]?.cursor = passed.through }
            count += passed.count
            position = passed.through
            guard position == range.upperBound else { break }
            await Task.yield()
        }
        return count
    }

    private func limit(_ maximumAge: Duration, _ keepTogetherMilliseconds: Int64) -> AgeLimit {
        let now = time.now()
        let age = Int64(maximumAge / .milliseconds(1))
        return AgeLimit(
            bootID: boot.id, isClockTrusted: trust.isTrusted, bootCutoffMilliseconds: now.bootMilliseconds - age,
            wallCutoffMilliseconds: now.wallMilliseconds - age, spanMilliseconds: max(1, keepTogetherMilliseconds))
    }

    // MARK: Newest first

    /// Leaves behind, as a gap, all but the newest reading of the lane, and what is kept together with it; nothing when no
    /// more than `readings` wait. `done` are readings after the cursor that are delivered already, oldest first. Returns
    /// the cursor. While the disk fails nothing is left behind.
    /// - Throws: ``OutboxError``; nothing has changed then.
    package func leaveBehind(
        in lane: Lane, unlessAtMost readings: Int, done: [Int64], keepTogetherMilliseconds: Int64
    ) async throws -> Int64 {
        let state = try state(of: lane)
        // A gap is of readings in the file.
        flush()
        let newest = newestID
        guard outage == nil, state.cursor < newest,
            try await edge(of: lane.strap, below: readings, after: state.cursor, newest, keepTogetherMilliseconds)
                != nil,
            let edge = try await edge(of: lane.strap, below: 1, after: state.cursor, newest, keepTogetherMilliseconds)
        else { return state.cursor }
        let cursor = max(edge, done.last ?? 0)
        try reportingErrors { outbox in
            try outbox.store?.leaveBehind(laneID: state.id, from: state.cursor, to: cursor, done: done)
        }
        lanes[lane]?.cursor = cursor
        return cursor
    }

    /// What to send next of what the lane has left behind: the newest gap, parted from what is older so that it has some
    /// `readings` at most. What is older than `maximumAge` is passed over first, and counted in `tooOld`. Nil when there is
    /// none, while the lane has to wait for the clock, or while the disk fails.
    /// - Throws: ``OutboxError``.
    package func nextGap(
        in lane: Lane, readings: Int, maximumAge: Duration?, keepTogetherMilliseconds: Int64
    ) async throws -> (gap: Gap?, tooOld: Int) {
        let laneID = try state(of: lane).id
        var tooOld = 0
        while !holdsUploads, outage == nil,
            let gap = try reportingErrors({ try $0.store?.newestGap(laneID: laneID) })
        {
            if let maximumAge {
                let passed = try await passOver(
                    lane, gap, gap.after, gap.last, maximumAge, keepTogetherMilliseconds)
                tooOld += passed
                // It may be gone.
                if passed > 0 { continue }
            }
            guard
                let edge = try await edge(
                    of: lane.strap, below: readings, after: gap.after, gap.last, keepTogetherMilliseconds)
            else { return (gap, tooOld) }
            return (try reportingErrors { try $0.store?.split(gap, laneID: laneID, at: edge) }, tooOld)
        }
        return (nil, tooOld)
    }

    /// The gap's readings to upload after `id`, oldest first, at most `limit`.
    /// - Throws: ``OutboxError``, `CancellationError`.
    package func entries(of gap: Gap, in lane: Lane, after id: Int64, limit: Int) async throws -> LaneEntries {
        try await scan(for: lane.strap, after: id, through: gap.last, limit: limit).entries
    }

    /// The gap's readings up to this id are delivered, or set aside; a gap of which nothing is left is gone.
    /// - Throws: ``OutboxError``; they are delivered once more then.
    package func advance(_ gap: Gap, through id: Int64) throws {
        try reportingErrors { try $0.store?.advance(gap, through: id) }
    }

    /// The newest reading of the strap in `start + 1...end` that is below its newest `count`, in steps that let appends
    /// pass.
    private func edge(
        of strap: String, below count: Int, after start: Int64, _ end: Int64, _ keepTogether: Int64
    ) async throws -> Int64? {
        var search = EdgeSearch(below: count, spanMilliseconds: max(1, keepTogether))
        var position = end
        while position > start {
            let range = max(start, position - Self.idsPerScan) + 1...position
            if let edge = try reportingErrors({ try $0.store?.edge(of: strap, in: range, &search) }) { return edge }
            position = range.lowerBound - 1
            await Task.yield()
        }
        return nil
    }
}
