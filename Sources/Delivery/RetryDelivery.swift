public import Logging
public import Outbox
public import ServiceLifecycle
public import Timing

/// Sends a lane's readings once more that were set aside and that a person has put back.
///
/// They go beside the lane, which is never delayed by them: one request at a time, out of turn, oldest first. What the
/// service accepts is no longer set aside; what it refuses again is so with its new words. After a failure the next pass
/// tries again. A reading is marked in the outbox until its outcome is there, so a crash repeats at most one request.
///
/// It looks every ``interval``: whoever puts readings back need not reach the uploader, and may do so while none runs.
public struct RetryDelivery: Service {
    /// Half of the minute within which a person sees something happen; one look costs some microseconds.
    public static let interval: Duration = .seconds(30)

    private let lane: Lane
    private let outbox: Outbox
    private let destination: any Destination
    private let limits: DestinationLimits
    private let pacer: Pacer?
    private let time: any TimeSource
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// The lane must be declared in `outbox`; `pacer` is the one of its ``LaneDelivery``.
    public init(
        strap: String, to destination: any Destination, from outbox: Outbox, pacer: Pacer?,
        time: any TimeSource = KernelTime(), clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        lane = Lane(strap: strap, destination: destination.name)
        var limits = destination.limits
        limits.requestsInFlight = 1
        self.limits = limits
        self.destination = destination
        self.outbox = outbox
        self.pacer = pacer
        self.time = time
        self.clock = clock
        var logger = logger
        logger[metadataKey: "strap"] = "\(strap)"
        logger[metadataKey: "destination"] = "\(destination.name)"
        self.logger = logger
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
                logger.error("the outbox does not work, trying again", metadata: ["error": "\(error)"])
            }
            try await clock.sleep(for: wait)
        }
    }

    /// One pass: all that is put back, or up to the first failure. The machine that drains a lane at shutdown does just
    /// that. With one request at a time its actions can be done one after the other; it has no time to wait for.
    private func deliver() async throws -> PutBackPass {
        let stopwatch = Stopwatch(clock)
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
            let entries = try await outbox.putBack(in: lane, after: id, limit: limit)
            return .read(entries, waited: false, bootMilliseconds: time.now().bootMilliseconds)
        case .send(let request, let entries):
            try await pacer?.waitForTurn()
            return .answered(request: request, await destination.deliver(entries.map(\.reading)))
        case .setAside(let ids, let reason):
            try await outbox.setAside(ids, in: lane, reason: reason)
            pass.refuse(ids)
        case .acknowledge(let id):
            try await outbox.endSettingAside(pass.finish(through: id), in: lane)
        case .notify(.setAside(let count, let reason)):
            logger.warning("readings refused again", metadata: ["readings": "\(count)", "reason": "\(reason)"])
        case .notify, .wake, .finish: break
        }
        return nil
    }

    private func tell(_ pass: PutBackPass, wasFailing: Bool) {
        if pass.deliveredCount > 0 {
            logger.notice(
                "readings that were set aside are delivered", metadata: ["readings": "\(pass.deliveredCount)"])
        }
        if let failure = pass.failure, !wasFailing {
            logger.warning(
                "readings put back cannot be delivered yet, trying again", metadata: ["reason": "\(failure)"])
        }
    }
}
