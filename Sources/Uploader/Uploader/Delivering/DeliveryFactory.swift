package import Delivery
import Destinations
import EventThread
package import Logging
import Outbox
import Pulsoid
package import Timing
package import Tokens
package import UploaderConfiguration
import WebClient

/// Makes the deliveries of a plan. Shared parts are made once, also across reloads.
package struct DeliveryFactory {
    /// A service counts the requests of a token, whichever strap they are for.
    private struct RateLimiterKey: Hashable {
        let address: ServiceAddress
        let token: TokenSource
        let requestsPerSecond: Double
    }

    private let network: NetworkSettings
    private let oauthAddress: ServiceAddress
    private let clientID: String?
    private let client: WebClient
    private let oauth: PulsoidOAuth
    /// The program words what to do about a token that cannot be renewed.
    private let advice: RenewalAdvice
    private let time: KernelTime
    private let clock = EventClock()
    private let logger: Logger
    /// One for each source, so that a token is renewed once, however many straps use it.
    private var providers: [TokenSource: TokenProvider] = [:]
    private var rateLimiters: [RateLimiterKey: RateLimiter] = [:]

    /// - Throws: `NetworkSection.Problem`.
    package init(
        _ plan: UploadPlan, advice: RenewalAdvice = RenewalAdvice(), time: KernelTime, logger: Logger
    ) throws {
        network = try plan.network.settings()
        oauthAddress = plan.oauthAddress
        clientID = plan.clientID
        client = WebClient(network: network)
        oauth = try PulsoidOAuth(service: plan.oauthAddress, network: network, time: time)
        self.advice = advice
        self.time = time
        self.logger = logger
    }

    /// Whether both reach the services in the same way, and renew tokens in the same way.
    func isLike(_ other: DeliveryFactory) -> Bool {
        network == other.network && oauthAddress == other.oauthAddress && clientID == other.clientID
    }

    mutating func delivery(to target: UploadPlan.Target, from outbox: Outbox) throws -> LaneDelivery {
        let destination = try destination(target)
        return LaneDelivery(
            strap: target.lane.strap, to: destination, from: outbox, backlog: target.backlog,
            rateLimiter: destination.limits.requestsPerSecond.map { rateLimiter(for: target, $0) }, time: time,
            clock: clock, logger: logger)
    }

    package mutating func rateLimiter(for target: UploadPlan.Target, _ limit: Double) -> RateLimiter {
        let key = RateLimiterKey(address: target.address, token: target.token, requestsPerSecond: limit)
        let rateLimiter = rateLimiters[key] ?? RateLimiter(requestsPerSecond: limit, clock: clock)
        rateLimiters[key] = rateLimiter
        return rateLimiter
    }

    private mutating func provider(of source: TokenSource) -> TokenProvider {
        let provider =
            providers[source]
            ?? TokenProvider(
                source: source, oauth: oauth, clientID: clientID, time: time, logger: logger, advice: advice)
        providers[source] = provider
        return provider
    }

    package mutating func destination(_ target: UploadPlan.Target) throws -> any Destination {
        switch target.service {
        case .pulsoid(let requestsPerSecond):
            try PulsoidDestination(
                name: target.lane.destination, service: target.address, tokens: provider(of: target.token),
                client: client, requestsPerSecond: requestsPerSecond, time: time)
        case .cardiogram(let userID, let batchBeats, let linger):
            try CardiogramDestination(
                name: target.lane.destination, service: target.address, userID: userID, token: target.token,
                client: client, beatsPerRequest: batchBeats, linger: linger, time: time)
        }
    }
}
