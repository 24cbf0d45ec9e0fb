import Delivery
import Destinations
import EventThread
import Logging
import Outbox
import Pulsoid
import Timing
import Tokens
import WebClient

/// Makes the deliveries of a plan; what they share is made once, however often a plan is made anew.
struct LaneMaker {
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
    private let time: KernelTime
    private let clock = EventClock()
    private let logger: Logger
    /// One for each source, so that a token is renewed once, however many straps use it.
    private var keepers: [TokenSource: TokenProvider] = [:]
    private var pacers: [RateLimiterKey: RateLimiter] = [:]

    /// - Throws: `NetworkSection.Problem`.
    init(_ plan: UploadPlan, time: KernelTime, logger: Logger) throws {
        network = try plan.network.settings()
        oauthAddress = plan.oauthAddress
        clientID = plan.clientID
        client = WebClient(network: network)
        oauth = try PulsoidOAuth(service: plan.oauthAddress, network: network, time: time)
        self.time = time
        self.logger = logger
    }

    /// Whether both reach the services in the same way, and renew tokens in the same way.
    func isLike(_ other: LaneMaker) -> Bool {
        network == other.network && oauthAddress == other.oauthAddress && clientID == other.clientID
    }

    mutating func delivery(to target: UploadPlan.Target, from outbox: Outbox) throws -> LaneDelivery {
        let destination = try destination(target)
        return LaneDelivery(
            strap: target.lane.strap, to: destination, from: outbox, backlog: target.backlog,
            rateLimiter: destination.limits.requestsPerSecond.map { rateLimiter(for: target, $0) }, time: time,
            clock: clock,
            logger: logger)
    }

    mutating func rateLimiter(for target: UploadPlan.Target, _ limit: Double) -> RateLimiter {
        let key = RateLimiterKey(address: target.address, token: target.token, requestsPerSecond: limit)
        let rateLimiter = pacers[key] ?? RateLimiter(requestsPerSecond: limit, clock: clock)
        pacers[key] = rateLimiter
        return rateLimiter
    }

    private mutating func keeper(of source: TokenSource) -> TokenProvider {
        let keeper =
            keepers[source]
            ?? TokenProvider(
                source: source, oauth: oauth, clientID: clientID, time: time, logger: logger,
                advice: RenewalAdvice(
                    login: "Run `strapline login pulsoid`.",
                    clientID: "Run `strapline login pulsoid`, or set services.pulsoid.client_id in the configuration."))
        keepers[source] = keeper
        return keeper
    }

    mutating func destination(_ target: UploadPlan.Target) throws -> any Destination {
        switch target.service {
        case .pulsoid(let requestsPerSecond):
            try PulsoidDestination(
                name: target.lane.destination, service: target.address, tokens: keeper(of: target.token),
                client: client, requestsPerSecond: requestsPerSecond, time: time)
        case .cardiogram(let userID, let batchBeats, let linger):
            try CardiogramDestination(
                name: target.lane.destination, service: target.address, userID: userID, token: target.token,
                client: client, beatsPerRequest: batchBeats, linger: linger, time: time)
        }
    }
}
