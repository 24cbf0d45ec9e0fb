import Logging
import Outbox
import Timing

/// Sends readings beside their lane, which they never delay: one request at a time, with the lane's rate limiter.
///
/// It uses the machine that drains a lane at shutdown: it halves rejected batches, and ends at the first failure. With
/// one request at a time its actions can be done one after the other; it never waits for a time.
struct OutOfBandDelivery: Sendable {
    let delivery: LaneDelivery
    let limits: DestinationLimits

    init(beside delivery: LaneDelivery) {
        self.delivery = delivery
        var limits = delivery.destination.limits
        limits.requestsInFlight = 1
        self.limits = limits
    }

    /// Runs passes until cancellation: one each `interval`, or later if the service asked for a longer wait. Each pass
    /// learns whether the previous one failed. No pass runs while the lane itself fails: the lane's single request
    /// finds out whether the service is back. Only if the lane has no reading to try with, the pass tries.
    func run(
        every interval: Duration, _ pass: (_ wasFailing: Bool) async throws -> OutOfBandFailure?
    ) async throws {
        var failure: OutOfBandFailure?
        do {
            while true {
                var wait = interval
                do {
                    if await isOpen {
                        failure = try await pass(failure != nil)
                        wait = max(wait, failure?.requestedWait ?? .zero)
                    }
                } catch let error as OutboxError {
                    delivery.logger.error("the outbox does not work, trying again", metadata: ["error": "\(error)"])
                }
                try await delivery.clock.sleep(for: wait)
            }
        } catch is CancellationError {}
    }

    /// Whether the lane itself delivers, or has nothing to deliver, and is not draining.
    var isOpen: Bool {
        get async {
            if await delivery.isDraining { return false }
            if await !delivery.status.state.isFailing { return true }
            return await delivery.isIdle
        }
    }

    /// Sends the source's readings after `cursor`. Stops at the first failure and returns it.
    func drain(_ source: inout some OutOfBandSource, after cursor: Int64) async throws -> OutOfBandFailure? {
        let stopwatch = Stopwatch(delivery.clock)
        var machine = DeliveryMachine(cursor: cursor, limits: limits)
        var failure: OutOfBandFailure?
        var events: [DeliveryMachine.Event] = [.drain]
        while !events.isEmpty {
            let event = events.removeFirst()
            if case .answered(_, let outcome) = event { failure = OutOfBandFailure(outcome) ?? failure }
            let actions = machine.handle(event, now: stopwatch.elapsed)
            // A request that is done is stored before the next one is sent, or a crash would repeat both.
            for action in actions.filter({ !$0.isSend }) + actions.filter(\.isSend) {
                if let next = try await perform(action, &source) { events.append(next) }
            }
            try Task.checkCancellation()
        }
        return failure
    }

    private func perform(
        _ action: DeliveryMachine.Action, _ source: inout some OutOfBandSource
    ) async throws -> DeliveryMachine.Event? {
        switch action {
        case .read(let id, let limit, _):
            let entries = try await source.read(after: id, limit: limit)
            return .read(entries, after: id, waited: false, at: delivery.time.now())
        case .send(let request, let entries):
            try await delivery.rateLimiter?.waitForTurn()
            let outcome = await delivery.destination.deliver(entries.map(\.reading))
            await delivery.note(outcome)
            return .answered(request: request, outcome)
        case .setAside(let ids, let reason):
            try await source.setAside(ids, reason: reason)
        case .acknowledge(let id):
            try await source.acknowledge(through: id)
        case .notify, .wake, .finish, .skipExpired, .restart:
            break
        }
        return nil
    }
}

extension DeliveryMachine.Action {
    fileprivate var isSend: Bool {
        if case .send = self { true } else { false }
    }
}
