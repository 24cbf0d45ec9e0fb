import Logging
import Outbox
public import ServiceLifecycle
import Timing

/// Sends a lane's readings once more that were set aside and that a person has put back.
///
/// They go beside the lane, which is never delayed by them: one request at a time, out of turn, oldest first. What the
/// service accepts is no longer set aside; what it refuses again is so with its new words. After a failure the next pass
/// tries again. A reading is marked in the outbox until its outcome is there, so a crash repeats at most one request.
///
/// It looks every ``interval``: whoever puts readings back need not reach the uploader, and may do so while none runs.
public struct RetryDelivery: Service {
    /// Half of the minute within which a person sees something happen; one look is one small query.
    public static let interval: Duration = .seconds(30)

    private let lane: LaneDelivery
    private let limits: DestinationLimits

    /// Takes from the lane where to, from where, and how fast; what became of each request is told in its
    /// ``LaneDelivery/status``.
    public init(beside lane: LaneDelivery) {
        self.lane = lane
        var limits = lane.destination.limits
        limits.requestsInFlight = 1
        self.limits = limits
    }

    /// Looks and sends until shutdown or cancellation; what is not sent by then stays put back.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            do { try await deliverAgainAndAgain() } catch is CancellationError {}
        }
    }

    private func deliverAgainAndAgain() async throws {
        var isFailing = false
        while true {
            var wait = Self.interval
            do {
                let pass = try await deliver()
                tell(pass, wasFailing: isFailing)
                isFailing = pass.failure != nil
                wait = max(wait, pass.toldWait)
            } catch let error as OutboxError {
                lane.logger.error("the outbox does not work, trying again", metadata: ["error": "\(error)"])
            }
            try await lane.clock.sleep(for: wait)
        }
    }

    /// One pass: all that is put back, or up to the first failure. The machine that drains a lane at shutdown does just
    /// that. With one request at a time its actions can be done one after the other; it has no time to wait for.
    private func deliver() async throws -> PutBackPass {
        let stopwatch = Stopwatch(lane.clock)
        var machine = DeliveryMachine(cursor: 0, limits: limits)
        var pass = PutBackPass()
        var events: [DeliveryMachine.Event] = [.drain]
        while !events.isEmpty {
            let event = events.removeFirst()
            pass.note(event)
            for action in machine.handle(event, now: stopwatch.elapsed) {
                if let next = try await perform(action, &pass) { events.append(next) }
            }
            try Task.checkCancellation()
        }
        return pass
    }

    private func perform(
        _ action: DeliveryMachine.Action, _ pass: inout PutBackPass
    ) async throws -> DeliveryMachine.Event? {
        switch action {
        case .read(let id, let limit, _):
            let entries = try await lane.outbox.putBack(in: lane.lane, after: id, limit: limit)
            return .read(entries, waited: false, bootMilliseconds: lane.time.now().bootMilliseconds)
        case .send(let request, let entries):
            try await lane.pacer?.waitForTurn()
            let outcome = await lane.destination.deliver(entries.map(\.reading))
            await lane.note(outcome)
            return .answered(request: request, outcome)
        case .setAside(let ids, let reason):
            try await lane.outbox.setAside(ids, in: lane.lane, reason: reason)
            pass.refuse(ids)
        case .acknowledge(let id):
            try await lane.outbox.endSettingAside(pass.finish(through: id), in: lane.lane)
        case .notify(.setAside(let count, let reason)):
            lane.logger.warning("readings refused again", metadata: ["readings": "\(count)", "reason": "\(reason)"])
        case .notify, .wake, .finish: break
        }
        return nil
    }

    private func tell(_ pass: PutBackPass, wasFailing: Bool) {
        if pass.deliveredCount > 0 {
            lane.logger.notice(
                "readings that were set aside are delivered", metadata: ["readings": "\(pass.deliveredCount)"])
        }
        if let failure = pass.failure, !wasFailing {
            lane.logger.warning(
                "readings put back cannot be delivered yet, trying again", metadata: ["reason": "\(failure)"])
        }
    }
}
