import Timing

extension Outbox {
    /// The id of the last reading that the lane has passed.
    /// - Throws: ``OutboxError/Code/undeclaredLane``.
    public func cursor(of lane: Lane) throws -> Int64 {
        try state(of: lane).cursor
    }

    /// The lane's next readings to upload, oldest first, at most `limit`. Waits until there is one; with `waits` false it
    /// returns none where there is none.
    ///
    /// Only readings that have a heart rate are returned; the others are passed over. `id` says where to go on: the
    /// lane's cursor at first, then the last id returned. Throws ``OutboxError``, or `CancellationError` when the task
    /// is cancelled.
    public func entries(of lane: Lane, after id: Int64, limit: Int, waits: Bool = true) async throws -> LaneEntries {
        _ = try state(of: lane)
        var position = id
        var found: [OutboxEntry] = []
        while true {
            try Task.checkCancellation()
            if holdsUploads {
                guard waits else { return LaneEntries(entries: [], reachesNewest: true) }
                await change(of: lane.strap)
                continue
            }
            // One more than asked for tells whether the last one is the newest.
            let wanted = limit + 1 - found.count
            if let entries = recent.entries(of: lane.strap, after: position, limit: wanted) {
                found += entries
                position = newestID
            } else {
                let end = min(newestID, position + Self.idsPerScan)
                found += try reportingErrors { outbox in
                    try outbox.store.entries(of: lane.strap, in: position + 1...max(end, position + 1), limit: wanted)
                }
                position = end
            }
            if found.count > limit {
                return LaneEntries(entries: Array(found.prefix(limit)), reachesNewest: false)
            }
            if position < newestID {
                await Task.yield()
            } else if found.isEmpty, waits {
                await change(of: lane.strap)
            } else {
                return LaneEntries(entries: found, reachesNewest: true)
            }
        }
    }

    /// Moves the lane's cursor: every reading up to this id is delivered, or set aside. Never moves it back.
    /// - Throws: ``OutboxError``.
    public func acknowledge(_ lane: Lane, through id: Int64) throws {
        let state = try state(of: lane)
        guard id > state.cursor else { return }
        try reportingErrors { outbox in
            try outbox.store.moveCursor(ofLane: state.id, to: id)
        }
        lanes[lane]?.cursor = id
    }

    /// Keeps readings that the destination refused for good, with the service's own words. Acknowledge them after.
    /// - Throws: ``OutboxError``.
    public func setAside(_ ids: [Int64], in lane: Lane, reason: String) throws {
        let state = try state(of: lane)
        try reportingErrors { outbox in
            try outbox.store.setAside(
                ids, laneID: state.id, reason: reason, atMilliseconds: outbox.time.now().wallMilliseconds)
        }
    }

    private func state(of lane: Lane) throws(OutboxError) -> LaneState {
        guard let state = lanes[lane] else {
            throw OutboxError(.undeclaredLane, path: path, detail: "the lane \(lane) is not declared")
        }
        return state
    }

    /// Waits for a reading of the strap to upload, for the end of the hold, or for cancellation.
    ///
    /// A continuation, which is resumed on this actor's thread; a stream would be on that of the caller's tasks, and wake
    /// it twice for each reading.
    private func change(of strap: String) async {
        let id = nextWaiterID
        nextWaiterID += 1
        await withTaskCancellationHandler {
            await withCheckedContinuation { wake in
                if Task.isCancelled { return wake.resume() }
                waiters[id] = Waiter(strap: strap, wake: wake)
            }
        } onCancel: {
            afterQueuedJobs { $0.waiters.removeValue(forKey: id)?.wake.resume() }
        }
    }

    /// Wakes the lanes of these straps; of all when it is nil.
    func wake(_ straps: Set<String>? = nil) {
        let due = waiters.filter { straps?.contains($0.value.strap) ?? true }
        for (id, waiter) in due {
            waiters[id] = nil
            waiter.wake.resume()
        }
    }

    func reportingErrors<Value>(_ body: (isolated Outbox) throws -> Value) throws(OutboxError) -> Value {
        do {
            return try body(self)
        } catch {
            throw OutboxError(error, path: path)
        }
    }
}
