import Logging
import Outbox
import Timing

/// Sends readings beside their lane, which is never delayed by them: one request at a time, with the lane's pacer.
///
/// The machine that drains a lane at shutdown does just that: it halves refused batches, and ends at the first failure. With
/// one request at a time its actions can be done one after the other; it has no time to wait for.
struct SideDelivery: Sendable {
    let lane: LaneDelivery
    let limits: DestinationLimits

    init(beside lane: LaneDelivery) {
        self.lane = lane
        var limits = lane.destination.limits
        limits.requestsInFlight = 1
        self.limits = limits
    }

    /// Runs passes until cancellation, one each `interval`, or when the service told to be asked again if that
    /// is later; each is told whether the one before failed. Nothing is sent while the lane itself cannot: its single request
    /// tries whether the service is back. Only where the lane has nothing to try with, the pass does.
    func run(
        every interval: Duration, _ pass: (_ wasFailing: Bool) async throws -> SideFailure?
    ) async throws {
        var failure: SideFailure?
        do {
            while true {
                var wait = interval
                do {
                    if await isOpen {
                        failure = try await pass(failure != nil)
                        wait = max(wait, failure?.toldWait ?? .zero)
                    }
                } catch let error as OutboxError {
                    lane.logger.error("the outbox does not work, trying again", metadata: ["error": "\(error)"])
                }
                try await lane.clock.sleep(for: wait)
            }
        } catch is CancellationError {}
    }

    /// Whether the lane itself delivers, or has nothing to deliver, and goes on with that.
    var isOpen: Bool {
        get async {
            if await lane.isDraining { return false }
            if await lane.status.state == .delivering { return true }
            return await lane.isIdle
        }
    }

    /// Sends all that the source has after `cursor`, or up to the first failure, which is returned.
    func drain(_ source: inout some SideSource, after cursor: Int64) async throws -> SideFailure? {
        let stopwatch = Stopwatch(lane.clock)
        var machine = DeliveryMachine(cursor: cursor, limits: limits)
        var failure: SideFailure?
        var events: [DeliveryMachine.Event] = [.drain]
        while !events.isEmpty {
            let event = events.removeFirst()
            if case .answered(_, let outcome) = event { failure = SideFailure(outcome) ?? failure }
            for action in machine.handle(event, now: stopwatch.elapsed) {
                if let next = try await perform(action, &source) { events.append(next) }
            }
            try Task.checkCancellation()
        }
        return failure
    }

    private func perform(
        _ action: DeliveryMachine.Action, _ source: inout some SideSource
    ) async throws -> DeliveryMachine.Event? {
        switch action {
        case .read(let id, let limit, _):
            let entries = try await source.read(after: id, limit: limit)
            return .read(entries, after: id, waited: false, at: lane.time.now())
        case .send(let request, let entries):
            try await lane.pacer?.waitForTurn()
            let outcome = await lane.destination.deliver(entries.map(\.reading))
            await lane.note(outcome)
            return .answered(request: request, outcome)
        case .setAside(let ids, let reason):
            try await source.setAside(ids, reason: reason)
        case .acknowledge(let id):
            try await source.acknowledge(through: id)
        case .notify, .wake, .finish, .passOver, .restart:
            break
        }
        return nil
    }
}
