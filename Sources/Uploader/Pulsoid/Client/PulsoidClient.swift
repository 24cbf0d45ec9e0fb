import FoundationEssentials
package import Logging
package import PulsoidAPI
package import Timing
package import Tokens
package import WebClient
package import WebSocketClient

/// Reads from Pulsoid, or from a hub that speaks its API.
package struct PulsoidClient: Sendable {
    let service: ServiceAddress
    let token: TokenSource
    let certificates: ExtraCertificates?
    let limits: WebSocketLimits
    let backoff: Backoff
    let clock: any Clock<Duration>
    private let time: any TimeSource
    let logger: Logger
    private let client: WebClient
    private let latestEndpoint: RequestTemplate
    private let validateEndpoint: RequestTemplate

    /// `certificates` are trusted by streams beside those of the system; `client` has its own.
    ///
    /// - Throws: ``ServiceAddressError`` where `service` cannot be used.
    package init(
        service: ServiceAddress, token: TokenSource, client: WebClient, certificates: ExtraCertificates? = nil,
        logger: Logger, limits: WebSocketLimits = WebSocketLimits(), backoff: Backoff = WebSocketStream.standardBackoff,
        time: any TimeSource = KernelTime(), clock: any Clock<Duration> = ContinuousClock()
    ) throws(ServiceAddressError) {
        self.service = service
        self.token = token
        self.client = client
        self.certificates = certificates
        self.logger = logger
        self.limits = limits
        self.backoff = backoff
        self.time = time
        self.clock = clock
        latestEndpoint = try RequestTemplate(.get, service, path: PulsoidPath.latestHeartRate)
        validateEndpoint = try RequestTemplate(.get, service, path: PulsoidPath.validateToken)
    }

    /// The user's latest reading; nil when there is none yet (docs.pulsoid.net, "Read Latest Heart Rate via HTTP").
    package func latest() async throws(PulsoidError) -> HeartRateMessage? {
        let (response, secret) = try await get(latestEndpoint)
        if response.status == 412 { return nil }
        return try decode(response, secret, needing: .heartRateRead)
    }

    /// What the token is good for (docs.pulsoid.net, "Token Validation").
    package func validateToken() async throws(PulsoidError) -> TokenValidation {
        let (response, secret) = try await get(validateEndpoint)
        return try decode(response, secret, needing: nil)
    }

    private func get(_ endpoint: RequestTemplate) async throws(PulsoidError) -> (WebResponse, AccessToken) {
        let secret: AccessToken
        do {
            secret = try token.read()
        } catch {
            throw PulsoidError(code: .notAuthorised, description: error.description)
        }
        do {
            return (try await client.send(to: endpoint, headers: [("Authorization", secret.bearer)]), secret)
        } catch {
            throw PulsoidError(code: .unavailable, description: error.description)
        }
    }

    private func decode<Value: Decodable>(
        _ response: WebResponse, _ secret: AccessToken, needing scope: PulsoidScope?
    ) throws(PulsoidError) -> Value {
        let answer = PulsoidResponse(response, from: service, token: secret, kept: token)
        let responseClass = response.responseClass(time)
        switch responseClass {
        case .success:
            guard let value = try? JSONDecoder().decode(Value.self, from: Data(response.body)) else {
                throw PulsoidError(
                    code: .unexpectedAnswer,
                    description: "\(answer.message(for: .unexpected)) Is \(service) the address of Pulsoid or a hub?")
            }
            return value
        case .notAuthorised:
            let description = scope.map { answer.notAuthorisedMessage(needing: $0) } ?? answer.notAuthorisedMessage
            throw PulsoidError(code: .notAuthorised, description: description)
        case .paymentRequired: throw PulsoidError(code: .paymentRequired, description: answer.paymentMessage)
        case .tryLater: throw PulsoidError(code: .unavailable, description: answer.message(for: responseClass))
        case .refused, .wrongAddress, .redirected, .page, .unexpected:
            throw PulsoidError(code: .unexpectedAnswer, description: answer.message(for: responseClass))
        }
    }
}
