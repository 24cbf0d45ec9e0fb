package import Logging
package import Outbox
import ServiceLifecycle
import Synchronization
package import Timing

/// Drains one lane of the outbox into its destination, for as long as it runs. Lanes are independent of each other.
///
/// - Every reading is delivered at least once and in order; after a crash only requests are repeated that were in
///   flight then, or were answered in the two seconds before: a cursor is written with the next reading.
/// - A failure is retried for ever: capped exponential backoff with full jitter (``Backoff``), or the time that the
///   service asked for if that is longer. Then a single request probes before the lane opens again.
/// - A rejected token pauses this lane alone. One request every 30 seconds tries the token again.
/// - A reading that the service rejects for good is set aside as a dead letter, with the reason. A rejected batch is
///   halved until the bad reading stands alone.
/// - A ``BacklogPolicy`` other than the default sends newer readings first, or skips expired readings.
/// - Graceful shutdown and ``drain()`` send the waiting readings, for at most ``drainLimit``, and leave the rest in the
///   outbox. Cancellation stops at once.
package actor LaneDelivery: Service {
    /// How long a graceful shutdown may take: of the five seconds that the whole program has, one is for the straps
    /// that stop before and the file that closes after.
    package static let drainLimit: Duration = .seconds(4)
    /// How long to wait before the outbox is asked again after it failed.
    static let outboxRetryInterval: Duration = .seconds(1)

    private enum Event: Sendable {
        case machine(DeliveryMachine.Event)
        case drainLimitReached
    }

    /// The state after the last answer.
    package internal(set) var status: DeliveryStatus

    let lane: Lane
    let outbox: Outbox
    let destination: any Destination
    let backlog: BacklogPolicy
    let rateLimiter: RateLimiter?
    let time: any TimeSource
    let clock: any Clock<Duration>
    let logger: Logger
    /// Called when the lane gets another state.
    let noteChange: @Sendable () -> Void
    private let backoff: Backoff
    private let drainRequests = AsyncStream.makeStream(of: Void.self)
    /// Whether the lane has nothing to send.
    private(set) var isIdle = true
    /// When the first request after the last answer was sent, on the clock that never steps; 0 without one.
    let unansweredSince = Atomic<Int64>(0)
    /// Whether it drains: it sends the waiting readings and ends.
    private(set) var isDraining = false
    /// Expired readings that are not reported yet.
    var unreportedExpired = 0
    /// Whether expired readings were reported since the last outage began.
    var hasReportedExpired = false

    /// The lane must be declared in `outbox`. Without a `rateLimiter` it makes one from the destination's limits. Lanes
    /// with the same token share one.
    package init(
        strap: String, to destination: any Destination, from outbox: Outbox,
        backlog: BacklogPolicy = BacklogPolicy(), rateLimiter: RateLimiter? = nil, backoff: Backoff = Backoff(),
        time: any TimeSource = KernelTime(),
        clock: any Clock<Duration> = ContinuousClock(), logger: Logger,
        noteChange: @escaping @Sendable () -> Void = {}
    ) {
        lane = Lane(strap: strap, destination: destination.name)
        status = DeliveryStatus(lane: lane)
        self.outbox = outbox
        self.destination = destination
        self.backlog = backlog
        self.rateLimiter =
            rateLimiter ?? destination.limits.requestsPerSecond.map { RateLimiter(requestsPerSecond: $0, clock: clock) }
        self.backoff = backoff
        self.time = time
        self.clock = clock
        self.noteChange = noteChange
        var logger = logger
        logger[metadataKey: "strap"] = "\(strap)"
        logger[metadataKey: "destination"] = "\(destination.name)"
        self.logger = logger
    }

    /// Delivers until ``drain()``, shutdown or cancellation; once.
    package func run() async throws {
        // Not `gracefulShutdown()`, which ends in a task of the runtime's own threads.
        try await withGracefulShutdownHandler {
            try await deliver()
        } onGracefulShutdown: {
            self.drain()
        }
    }

    /// Makes ``run()`` send the waiting readings, for at most ``drainLimit``, and return. Call it before or during
    /// ``run()``.
    package nonisolated func drain() {
        drainRequests.continuation.yield()
    }

    private func deliver() async throws {
        let stopwatch = Stopwatch(clock)
        var machine = DeliveryMachine(
            cursor: try await outbox.cursor(of: lane), limits: destination.limits, backlog: backlog,
            backoff: backoff)
        try await withThrowingTaskGroup(of: Event.self) { group in
            defer { group.cancelAll() }
            group.addTask { [drainRequests] in
                for await _ in drainRequests.stream { return .machine(.drain) }
                throw CancellationError()
            }
            var next: Event? = .machine(.wake)
            while case .machine(let event) = next {
                try Task.checkCancellation()
                if case .answered(_, let outcome) = event {
                    unansweredSince.store(0, ordering: .relaxed)
                    note(outcome)
                }
                if case .drain = event {
                    isDraining = true
                    add(.drainLimitReached, after: Self.drainLimit, to: &group)
                }
                let now = stopwatch.elapsed
                let actions = machine.handle(event, now: now)
                if case .answered(_, let outcome) = event { update(after: outcome, isOpen: machine.mode == .open) }
                isIdle = machine.isIdle
                for action in actions {
                    if action == .finish { return }
                    try await perform(action, now: now, in: &group)
                }
                next = try await group.next()
            }
            logger.notice("stopped before all was delivered, the rest stays in the outbox")
        }
    }

    // MARK: Actions

    private func perform(
        _ action: DeliveryMachine.Action, now: Duration, in group: inout ThrowingTaskGroup<Event, any Error>
    ) async throws {
        switch action {
        case .read(let id, let limit, let waits):
            group.addTask { try await self.read(after: id, limit: limit, waits: waits) }
        case .send(let request, let entries):
            group.addTask { try await self.send(request, entries) }
        case .setAside(let ids, let reason):
            try await untilOutboxWorks { try await self.outbox.setAside(ids, in: self.lane, reason: reason) }
        case .skipExpired(let count):
            try await untilOutboxWorks { try await self.outbox.countExpired(count, in: self.lane) }
            unreportedExpired += count
        case .restart(let done):
            group.addTask { .machine(.restarted(after: try await self.treatBacklog(done: done))) }
        case .acknowledge(let id):
            await acknowledge(through: id)
        case .wake(let at):
            add(.machine(.wake), after: at - now, to: &group)
        case .notify(let notice):
            await report(notice)
        case .finish:
            break
        }
    }

    private func add(
        _ event: Event, after delay: Duration, to group: inout ThrowingTaskGroup<Event, any Error>
    ) {
        group.addTask { [clock] in
            try await clock.sleep(for: delay)
            return event
        }
    }

    private nonisolated func read(after id: Int64, limit: Int, waits: Bool) async throws -> Event {
        let entries = try await untilOutboxWorks {
            try await self.outbox.entries(of: self.lane, after: id, limit: limit, waits: waits)
        }
        return .machine(.read(entries, after: id, waited: waits, at: time.now()))
    }

    /// Defers the backlog, or skips its expired readings. Returns the cursor.
    private func treatBacklog(done: [Int64]) async throws -> Int64 {
        let limits = destination.limits
        if backlog.order == .newestFirst {
            return try await untilOutboxWorks {
                try await self.outbox.deferBacklog(
                    in: self.lane, unlessAtMost: limits.readingsPerRequest, done: done,
                    keepTogetherMilliseconds: limits.keepTogetherMilliseconds)
            }
        }
        if let maximumAge = backlog.maximumAge {
            unreportedExpired += try await untilOutboxWorks {
                try await self.outbox.skipExpired(
                    in: self.lane, olderThan: maximumAge, keepTogetherMilliseconds: limits.keepTogetherMilliseconds)
            }
        }
        return try await outbox.cursor(of: lane)
    }

    private nonisolated func send(_ request: Int, _ entries: [OutboxEntry]) async throws -> Event {
        try await rateLimiter?.waitForTurn()
        // The first one stays.
        _ = unansweredSince.compareExchange(
            expected: 0, desired: max(1, time.now().bootMilliseconds), ordering: .relaxed)
        return .machine(.answered(request: request, await destination.deliver(entries.map(\.reading))))
    }

    /// If a cursor could not be written, the next one makes up for it; until then a crash repeats more. While no
    /// reading waits, the outbox is not woken for it. A lane that catches up wakes it, or a crash would repeat more
    /// than its window.
    private func acknowledge(through id: Int64) async {
        guard !isIdle else { return outbox.acknowledgeDeferred(lane, through: id) }
        do {
            try await outbox.acknowledge(lane, through: id)
        } catch {
            logger.error("the cursor could not be stored", metadata: ["error": "\(error)"])
        }
    }

    private nonisolated func untilOutboxWorks<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        var isTold = false
        while true {
            do {
                return try await body()
            } catch let error as OutboxError {
                if !isTold { logger.error("the outbox does not work, trying again", metadata: ["error": "\(error)"]) }
                isTold = true
            }
            try await clock.sleep(for: Self.outboxRetryInterval)
        }
    }
}
