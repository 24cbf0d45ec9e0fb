import Logging
import Synchronization
import Timing

extension Outbox {
    /// Declares these lanes and no others from now on.
    ///
    /// A lane that the file does not know starts after the newest reading. A lane that is no longer declared keeps its
    /// cursor, and holds nothing back. After this call only the declared lanes may be used.
    /// - Throws: ``OutboxError``, also while the disk fails; nothing is changed then.
    package func declare(_ declared: Set<Lane>) throws {
        if isClosed { throw OutboxError(.storageFailed, path: path, detail: "the outbox is closed") }
        if let outage = recovery.outage { throw outage.error }
        guard connection.store != nil else { throw connection.noFile }
        lanes.declare(try reportingErrors { try $0.connection.store?.declare(declared) ?? [:] }, newestID: newestID)
    }

    /// The id of the last reading that the lane has passed.
    /// - Throws: ``OutboxError/Code/undeclaredLane``.
    package func cursor(of lane: Lane) throws -> Int64 {
        try state(of: lane).cursor
    }

    /// The lane's next readings to upload, oldest first, at most `limit`. Waits until there is one; with `waits` false
    /// it may return none.
    ///
    /// Only readings with a heart rate are returned; the others are skipped. `id` is where to go on: the lane's cursor
    /// at first, then the last id returned. Throws ``OutboxError``, or `CancellationError` when the task is cancelled.
    package nonisolated func entries(
        of lane: Lane, after id: Int64, limit: Int, waits: Bool = true
    ) async throws -> LaneEntries {
        var position = id
        while true {
            switch try await request(of: lane, after: position, limit: limit, waits: waits) {
            case .entries(let entries): return entries
            case .olderThanRecent:
                let found = try await scan(for: lane.strap, after: position, limit: limit)
                if !found.batch.entries.isEmpty { return found.batch }
                position = found.position
            }
        }
    }

    /// Asks on the outbox's thread, which answers, possibly with the next commit. So a new reading wakes the caller
    /// once. A waiting function of the actor would first be resumed on the caller's thread and have to come back to the
    /// outbox's thread.
    private nonisolated func request(
        of lane: Lane, after id: Int64, limit: Int, waits: Bool
    ) async throws -> LaneRequest.Answer {
        let ticket = LaneRequest.Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { done in
                let request = LaneRequest(lane: lane, after: id, limit: limit, waits: waits, done: done)
                guard waits else { return onThread { $0.take(request, ticket) } }
                // The append that answers it wakes the thread, unless the append came in between.
                onThreadPatiently { $0.take(request, ticket) }
                if front.load(ordering: .sequentiallyConsistent) > id { onThread { _ in } }
            }
        } onCancel: {
            ticket.isCancelled.store(true, ordering: .relaxed)
            onThread { $0.cancel(ticket) }
        }
    }

    private func take(_ request: LaneRequest, _ ticket: LaneRequest.Ticket) {
        do {
            if ticket.isCancelled.load(ordering: .relaxed) { throw CancellationError() }
            _ = try state(of: request.lane)
            if !answer(request) { requests[ticket] = request }
        } catch {
            request.done.resume(throwing: error)
        }
    }

    private func cancel(_ ticket: LaneRequest.Ticket) {
        requests.removeValue(forKey: ticket)?.done.resume(throwing: CancellationError())
    }

    /// Whether the request was answered, and need not be kept.
    private func answer(_ request: LaneRequest) -> Bool {
        if holdsUploads {
            guard !request.waits else { return false }
            request.done.resume(returning: .entries(LaneEntries(entries: [], reachesNewest: true)))
            return true
        }
        // One more than requested shows whether the last one is the newest.
        guard let found = recent.entries(of: request.lane.strap, after: request.after, limit: request.limit + 1) else {
            request.done.resume(returning: .olderThanRecent)
            return true
        }
        if found.isEmpty && request.waits { return false }
        request.done.resume(
            returning: .entries(
                LaneEntries(
                    entries: Array(found.prefix(request.limit)), reachesNewest: found.count <= request.limit)))
        return true
    }

    /// Answers the requests that can be answered now, of these straps' lanes; of all if it is nil.
    func answerRequests(of straps: Set<String>? = nil) {
        for (ticket, request) in requests where straps?.contains(request.lane.strap) ?? true {
            if answer(request) { requests[ticket] = nil }
        }
    }

    /// Moves the lane's cursor: every reading up to this id is delivered, or set aside. Never moves it back.
    ///
    /// While the disk fails it moves in memory. The cursor in the file never goes beyond the newest reading there:
    /// after a crash the later ids are given again.
    /// - Throws: ``OutboxError/Code/undeclaredLane``.
    package func acknowledge(_ lane: Lane, through id: Int64) throws {
        let state = try state(of: lane)
        guard id > state.cursor else { return }
        if isClosed { throw OutboxError(.storageFailed, path: path, detail: "the outbox is closed") }
        lanes.move(lane, to: id)
        if spooled(lane, id) { return }
        guard recovery.outage == nil else { return }
        // If this fails, an outage begins, which reports it and tries again.
        try? reportingErrors { outbox in
            try outbox.connection.store?.moveCursor(ofLane: state.id, to: min(id, outbox.recent.writtenThrough))
        }
    }

    /// ``acknowledge(_:through:)`` for a lane that does not wait for it. The cursor moves with the outbox's next work:
    /// the next append while a strap beats, and within two seconds at the latest. Later calls see it moved. A crash
    /// before that repeats the last answered request.
    package nonisolated func acknowledgeDeferred(_ lane: Lane, through id: Int64) {
        onThreadPatiently { outbox in
            do {
                try outbox.acknowledge(lane, through: id)
            } catch {
                outbox.logger.error(
                    "the cursor could not be stored", metadata: ["lane": "\(lane)", "error": "\(error)"])
            }
        }
    }

    func state(of lane: Lane) throws(OutboxError) -> LaneTable.State {
        guard let state = lanes[lane] else {
            throw OutboxError(.undeclaredLane, path: path, detail: "the lane \(lane) is not declared")
        }
        return state
    }

    func reportingErrors<Value>(_ body: (isolated Outbox) throws -> Value) throws(OutboxError) -> Value {
        do {
            return try body(self)
        } catch {
            throw outage(because: error)
        }
    }

    /// Begins an outage, unless there is one. Returns its error.
    func outage(because error: any Error) -> OutboxError {
        let error = OutboxError(error, path: path)
        beginOutage(error)
        return error
    }
}
