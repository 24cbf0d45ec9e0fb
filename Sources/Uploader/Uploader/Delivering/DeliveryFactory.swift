package import Delivery
import Destinations
package import EventThread
package import Logging
import Outbox
package import SessionUploads
package import Timing
package import Tokens
package import UploaderConfiguration
import WebClient

/// Makes the deliveries of a plan. Shared parts are made once, also across reloads.
package struct DeliveryFactory {
    /// A service counts the requests of a token, whichever strap they are for.
    private struct RateLimiterKey: Hashable {
        let address: ServiceAddress?
        let token: TokenSource?
        let requestsPerSecond: Double
    }

    let network: NetworkSettings
    private let serviceOptions: [String: OptionValues]
    private let context: DestinationContext
    private let time: KernelTime
    private let clock: EventClock
    private let logger: Logger
    private let noteChange: @Sendable () -> Void
    /// By the names of the kinds.
    private var factories: [String: any DestinationFactory] = [:]
    private var rateLimiters: [RateLimiterKey: RateLimiter] = [:]

    /// `noteChange` is called when a lane gets another state.
    /// - Throws: `NetworkSection.Problem`.
    package init(
        _ plan: UploadPlan, advice: RenewalAdvice = RenewalAdvice(), on thread: EventThread, time: KernelTime,
        logger: Logger, noteChange: @escaping @Sendable () -> Void = {}
    ) throws {
        network = try plan.network.settings()
        serviceOptions = plan.serviceOptions
        context = DestinationContext(
            client: WebClient(network: network, thread: thread), network: network, thread: thread, time: time,
            logger: logger, advice: advice)
        clock = EventClock(on: thread)
        self.time = time
        self.logger = logger
        self.noteChange = noteChange
    }

    /// Whether both reach the services in the same way, and renew tokens in the same way.
    func isLike(_ other: DeliveryFactory) -> Bool {
        network == other.network && serviceOptions == other.serviceOptions
    }

    mutating func delivery(to target: UploadPlan.Target, from outbox: Outbox) throws -> LaneDelivery {
        let destination = try destination(target)
        return LaneDelivery(
            strap: target.lane.strap, to: destination, from: outbox, backlog: target.backlog,
            rateLimiter: destination.limits.requestsPerSecond.map { rateLimiter(for: target, $0) }, time: time,
            clock: clock, logger: logger, noteChange: noteChange)
    }

    /// - Throws: `MissingSetting`, which the rules of the configuration prevent.
    package func sessionTargets(_ plan: UploadPlan) throws -> [SessionUploadService.Target] {
        try plan.sessions.map { planned in
            SessionUploadService.Target(
                service: planned.kind.rawValue, settings: planned.settings,
                destination: try planned.kind.kind.destination(planned.settings, context))
        }
    }

    package mutating func rateLimiter(for target: UploadPlan.Target, _ limit: Double) -> RateLimiter {
        let key = RateLimiterKey(address: target.address, token: target.token, requestsPerSecond: limit)
        let rateLimiter = rateLimiters[key] ?? RateLimiter(requestsPerSecond: limit, clock: clock)
        rateLimiters[key] = rateLimiter
        return rateLimiter
    }

    package mutating func destination(_ target: UploadPlan.Target) throws -> any Destination {
        let kind = target.service.kind
        var factory =
            try factories[kind.name] ?? kind.factory(service: serviceOptions[kind.name] ?? OptionValues(), context)
        let destination = try factory.destination(target.settings)
        factories[kind.name] = factory
        return destination
    }
}
