package import Delivery
package import Outbox
import PulsoidAPI
package import Timing
import Tokens
package import WebClient

/// Delivers readings to Pulsoid, or to a hub that speaks its API: one reading in each `POST /api/v1/data`
/// (docs.pulsoid.net, "Write Heart Rate via HTTP"); there is no bulk write. See ``PulsoidResponse`` for what each
/// answer means.
package struct PulsoidDestination: Destination {
    /// The published soft limit of Pulsoid's own server. A hub of one's own has none.
    package static let publicRequestsPerSecond = 20.0
    /// Enough for twenty requests a second at a round trip of 400 ms.
    package static let requestsInFlight = 8

    package let name: String
    package let limits: DestinationLimits
    private let endpoint: RequestTemplate
    private let tokens: TokenProvider
    private let client: WebClient
    private let time: any TimeSource

    /// `tokens` is shared by all destinations of one token.
    ///
    /// - Throws: ``ServiceAddressError`` where `service` cannot be used.
    package init(
        name: String, service: ServiceAddress, tokens: TokenProvider, client: WebClient,
        requestsPerSecond: Double? = publicRequestsPerSecond, requestsInFlight: Int = requestsInFlight,
        time: any TimeSource = KernelTime()
    ) throws(ServiceAddressError) {
        self.name = name
        self.limits = DestinationLimits(
            readingsPerRequest: 1, requestsInFlight: requestsInFlight, requestsPerSecond: requestsPerSecond)
        self.endpoint = try RequestTemplate(.post, service, path: PulsoidPath.data)
        self.tokens = tokens
        self.client = client
        self.time = time
    }

    /// Sends the reading. The token is read each time, so that a replaced token takes effect at once.
    package func deliver(_ readings: [Reading]) async -> DeliveryOutcome {
        // One at a time by `limits`. With more, the readings before a failure would be sent again, which does no harm.
        for reading in readings {
            guard let heartRate = reading.heartRate else { continue }
            let outcome = await deliver(
                HeartRateMessage(
                    measuredAtMilliseconds: reading.measuredAtMilliseconds, heartRate: Int(heartRate)))
            guard outcome == .accepted else { return outcome }
        }
        return .accepted
    }

    private func deliver(_ message: HeartRateMessage) async -> DeliveryOutcome {
        do {
            let first = try await tokens.token()
            let answer = try await send(message, first)
            // Once more, where another token is to be had: it may have ended a moment ago.
            guard answer.mayBeFixedByRenewal, let second = try await tokens.token(insteadOf: first) else {
                return answer.outcomeOfWrite(time)
            }
            return try await send(message, second).outcomeOfWrite(time)
        } catch let error as TokenUnavailable {
            switch error {
            case .later(let wait, let reason): return .tryLater(after: wait, reason: reason)
            case .notAuthorised(let reason): return .pause(reason: reason)
            }
        } catch {
            return .tryLater(after: nil, reason: "\(error)")
        }
    }

    private func send(_ message: HeartRateMessage, _ secret: AccessToken) async throws(WebError) -> PulsoidResponse {
        let response = try await client.send(
            to: endpoint, headers: [("Authorization", secret.bearer)], body: message.text())
        return PulsoidResponse(response, from: endpoint.service, token: secret, kept: tokens.source)
    }
}
