import Delivery
import Outbox
import Timing
import Tokens
import WebClient

/// Sends readings in a `POST` of JSON, in order, one request at a time.
struct HTTPDestination: Destination {
    let name: String
    let limits: DestinationLimits
    private let request: RequestTemplate
    private let settings: HTTPSettings
    private let token: TokenSource?
    private let device: String
    private let client: WebClient
    private let time: any TimeSource

    init(_ settings: DestinationSettings, _ context: DestinationContext) throws {
        let own = try HTTPSettings(settings.options)
        name = settings.name
        limits = DestinationLimits(
            readingsPerRequest: own.batchReadings ?? 1, requestsInFlight: 1,
            requestsPerSecond: own.requestsPerSecond, linger: own.linger)
        request = try RequestTemplate(.post, resource: settings.requiredAddress())
        self.settings = own
        token = settings.token
        device = settings.device ?? ""
        client = context.client
        time = context.time
    }

    func deliver(_ readings: [Reading]) async -> DeliveryOutcome {
        let objects = readings.map { settings.template.text(for: $0, device: device) }
        let body = settings.batchReadings == nil ? objects.joined() : "[\(objects.joined(separator: ", "))]"
        do {
            let secrets = try HTTPSecrets(token: token, headers: settings.headers)
            let response = try await client.send(to: request, headers: secrets.headers, bytes: Array(body.utf8))
            return outcome(of: response, secrets)
        } catch let error as TokenError {
            return .pause(reason: error.description)
        } catch let error as SecretHeaders.Problem {
            return .pause(reason: error.description)
        } catch {
            return .tryLater(after: nil, reason: "\(error)")
        }
    }

    private func outcome(of response: WebResponse, _ secrets: HTTPSecrets) -> DeliveryOutcome {
        // Many servers name a short text HTML.
        if (200...299).contains(response.status), !response.startsLikePage { return .accepted }
        let responseClass = response.responseClass(time)
        let reason = secrets.removed(from: response.message(for: responseClass, from: request.service))
        return switch responseClass {
        case .success: .accepted
        case .refused where response.status == 415:
            .pause(reason: "\(reason) The server does not take JSON: check the address in the configuration.")
        case .refused: .refused(reason: reason)
        case .notAuthorised, .paymentRequired: .pause(reason: "\(reason) \(secrets.advice)")
        case .wrongAddress: .pause(reason: reason)
        case .tryLater(let wait): .tryLater(after: wait, reason: reason)
        case .redirected, .page, .unexpected: .tryLater(after: nil, reason: reason)
        }
    }
}

/// The secrets of one request.
private struct HTTPSecrets {
    let headers: [(String, String)]
    /// What to check if the server rejects them.
    let advice: String
    private let token: AccessToken?
    private let secretHeaders: [SecretHeaders.Header]

    /// - Throws: `TokenError`, `SecretHeaders.Problem`.
    init(token source: TokenSource?, headers file: SecretHeaders?) throws {
        token = try source?.read()
        secretHeaders = try file?.read() ?? []
        headers = (token.map { [("Authorization", $0.bearer)] } ?? []) + secretHeaders.map { ($0.name, $0.value) }
        let places = [source.map { "the token in \($0)" }, file.map { "\($0)" }].compactMap(\.self)
        advice =
            places.isEmpty
            ? "Give this destination a token_file, or a headers_file."
            : "Check \(places.joined(separator: " and "))."
    }

    func removed(from text: String) -> String {
        SecretHeaders.removed(secretHeaders, from: token?.removed(from: text) ?? text)
    }
}
