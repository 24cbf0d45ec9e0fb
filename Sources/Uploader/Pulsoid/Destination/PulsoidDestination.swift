package import Delivery
import HubAPI
package import Outbox
import PulsoidAPI
package import Timing
import Tokens
package import WebClient

/// Delivers readings to Pulsoid, or to a hub that speaks its API: one reading in each `POST /api/v1/data`
/// (docs.pulsoid.net, "Write Heart Rate via HTTP"); there is no bulk write. See ``PulsoidResponse`` for what each
/// answer means.
///
/// A hub of one's own also takes contact and RR intervals (``DetailedReadings``), and says so in a header of its
/// answers. From then on each reading goes to that call. Pulsoid gets heart rates only.
package struct PulsoidDestination: Destination {
    /// The published soft limit of Pulsoid's own server. A hub of one's own has none.
    package static let publicRequestsPerSecond = 20.0
    /// Enough for twenty requests a second at a round trip of 400 ms.
    package static let requestsInFlight = 8

    package let name: String
    package let limits: DestinationLimits
    private let endpoint: RequestTemplate
    /// Nil where details are not sent.
    private let detailEndpoint: RequestTemplate?
    private let offer = DetailOffer()
    private let tokens: TokenProvider
    private let client: WebClient
    private let time: any TimeSource

    /// `tokens` is shared by all destinations of one token. With `sendsDetails` a hub that takes them gets contact and
    /// RR intervals.
    ///
    /// - Throws: ``ServiceAddressError`` where `service` cannot be used.
    package init(
        name: String, service: ServiceAddress, tokens: TokenProvider, client: WebClient,
        requestsPerSecond: Double? = publicRequestsPerSecond, requestsInFlight: Int = requestsInFlight,
        sendsDetails: Bool = true, time: any TimeSource = KernelTime()
    ) throws(ServiceAddressError) {
        self.name = name
        self.limits = DestinationLimits(
            readingsPerRequest: 1, requestsInFlight: requestsInFlight, requestsPerSecond: requestsPerSecond)
        endpoint = try RequestTemplate(.post, service, path: PulsoidPath.data)
        let isPulsoid = ".\(service.host.lowercased())".hasSuffix(".pulsoid.net")
        detailEndpoint =
            sendsDetails && !isPulsoid ? try RequestTemplate(.post, service, path: DetailedReadings.path) : nil
        self.tokens = tokens
        self.client = client
        self.time = time
    }

    /// Sends the reading. The token is read each time, so that a replaced token takes effect at once.
    package func deliver(_ readings: [Reading]) async -> DeliveryOutcome {
        // One at a time by `limits`. With more, the readings before a failure would be sent again, which does no harm.
        for reading in readings where reading.heartRate != nil {
            let outcome = await deliver(reading)
            guard outcome == .accepted else { return outcome }
        }
        return .accepted
    }

    private func deliver(_ reading: Reading) async -> DeliveryOutcome {
        do {
            let first = try await tokens.token()
            let answer = try await send(reading, first)
            // Once more, where another token is to be had: it may have ended a moment ago.
            guard answer.mayBeFixedByRenewal, let second = try await tokens.token(insteadOf: first) else {
                return answer.outcomeOfWrite(time)
            }
            return try await send(reading, second).outcomeOfWrite(time)
        } catch let error as TokenUnavailable {
            switch error {
            case .later(let wait, let reason): return .tryLater(after: wait, reason: reason)
            case .notAuthorised(let reason): return .pause(reason: reason)
            }
        } catch {
            return .tryLater(after: nil, reason: "\(error)")
        }
    }

    private func send(_ reading: Reading, _ secret: AccessToken) async throws(WebError) -> PulsoidResponse {
        if offer.isMade, let detailEndpoint {
            let detailed = DetailedReading(
                measuredAtMilliseconds: reading.measuredAtMilliseconds, measurement: reading.measurement)
            let response = try await send(DetailedReadings([detailed]).text, to: detailEndpoint, secret)
            // An earlier version of the hub, or a proxy that passes some paths only.
            guard Self.isUnknownCall(response) else {
                return PulsoidResponse(response, from: endpoint.service, token: secret, kept: tokens.source)
            }
            offer.withdraw()
        }
        let message = HeartRateMessage(
            measuredAtMilliseconds: reading.measuredAtMilliseconds, heartRate: Int(reading.heartRate ?? 0))
        let response = try await send(message.text(), to: endpoint, secret)
        if response.status == 200, detailEndpoint != nil,
            DetailedReadings.isOffered(inHeader: response.header(DetailedReadings.extensionsHeader)), offer.make()
        {
            // Once more, with the details: the hub keeps the reading once.
            return try await send(reading, secret)
        }
        return PulsoidResponse(response, from: endpoint.service, token: secret, kept: tokens.source)
    }

    private func send(
        _ body: String, to endpoint: RequestTemplate, _ secret: AccessToken
    ) async throws(WebError) -> WebResponse {
        try await client.send(to: endpoint, headers: [("Authorization", secret.bearer)], body: body)
    }

    private static func isUnknownCall(_ response: WebResponse) -> Bool { [404, 405, 410].contains(response.status) }
}
