import Delivery
import Logging
import Pulsoid
import PulsoidAPI
import Timing
import Tokens
import WebClient

/// Keys below `services: pulsoid:` that a login uses too.
package enum PulsoidOption {
    package static let clientID = "client_id"
    package static let oauthAddress = "oauth_address"
}

/// `service: pulsoid`: Pulsoid, or a hub of your own.
struct PulsoidKind: DestinationKind {
    static let requestsPerSecond = "requests_per_second"
    static let rrIntervals = "rr_intervals"

    let name = "pulsoid"
    let title = "Pulsoid"
    let addressRule = AddressRule.service(standard: PulsoidPath.publicBaseURL)
    let options = [DestinationOption(rrIntervals, .flag)]
    let serviceOptions = [
        DestinationOption(PulsoidOption.oauthAddress, .address),
        DestinationOption(requestsPerSecond, .limit(0.001...1_000_000)),
        DestinationOption(PulsoidOption.clientID, .text),
    ]
    let userRule = UserRule.token
    let showsReadings = true
    let tokenGuide = TokenGuide(
        page: OAuthPath.keysPage, scope: PulsoidScope.heartRateWrite.rawValue, hasDeviceLogin: true, isChecked: true)

    func summary(of settings: DestinationSettings) -> String {
        Self.requestsPerSecond(settings.service).map { "each reading, at most \($0) requests a second" }
            ?? "each reading"
    }

    func factory(service: OptionValues, _ context: DestinationContext) throws -> any DestinationFactory {
        PulsoidFactory(
            context: context, clientID: service.text(PulsoidOption.clientID),
            oauth: try PulsoidOAuth(
                service: Self.oauthAddress(service), network: context.network, thread: context.thread,
                time: context.time))
    }

    /// The token cannot be read; or it expires, and cannot be renewed then.
    func tokenProblem(_ settings: DestinationSettings) -> String? {
        if let problem = settings.unreadableToken { return problem }
        guard let source = settings.token, let token = try? source.stored(), token.refresh != nil else { return nil }
        if let blocker = source.renewalBlocker {
            return "\(source) holds a token that must be renewed, and \(blocker). Use a token_file in a "
                + "folder that the uploader may write to, such as its state directory."
        }
        guard token.clientID == nil, settings.service.text(PulsoidOption.clientID) == nil else { return nil }
        return "\(source) holds a token that must be renewed and no client_id: set services.\(name).client_id, "
            + "or run strapline login \(name)."
    }

    func addressesOfSecrets(_ settings: DestinationSettings) throws -> [ServiceAddress] {
        let address = try settings.requiredAddress()
        guard settings.service.text(PulsoidOption.clientID) != nil else { return [address] }
        return [address, try Self.oauthAddress(settings.service)]
    }

    private static func oauthAddress(_ service: OptionValues) throws(ServiceAddressError) -> ServiceAddress {
        try ServiceAddress(service.text(PulsoidOption.oauthAddress) ?? OAuthPath.publicBaseURL)
    }

    func probe(
        _ settings: DestinationSettings, isTokenReadable: Bool, _ context: DestinationContext
    ) async throws -> ProbeAnswer {
        let address = try settings.requiredAddress()
        guard isTokenReadable, let token = settings.token else {
            let template = try RequestTemplate(.get, address, path: PulsoidPath.validateToken)
            _ = try await context.client.send(to: template)
            return .reachable
        }
        let client = try PulsoidClient(
            service: address, token: token, client: context.client, logger: context.logger)
        do throws(PulsoidError) {
            let validation = try await client.validateToken()
            let scope = PulsoidScope.heartRateWrite
            return .validated(
                expiresInSeconds: validation.expiresInSeconds, scopes: validation.scopes,
                missingScope: validation.grants(scope) ? nil : scope.rawValue)
        } catch {
            return switch error.code {
            case .unavailable: .unreachable(error.description)
            case .notAuthorised: .refused(.notAuthorised, description: error.description)
            case .paymentRequired: .refused(.paymentRequired, description: error.description)
            case .unexpectedAnswer: .refused(.unexpectedAnswer, description: error.description)
            }
        }
    }

    /// Nil for no limit.
    fileprivate static func requestsPerSecond(_ service: OptionValues) -> Double? {
        let limit = service.number(requestsPerSecond) ?? PulsoidDestination.publicRequestsPerSecond
        return limit == 0 ? nil : limit
    }
}

private struct PulsoidFactory: DestinationFactory {
    let context: DestinationContext
    let clientID: String?
    let oauth: PulsoidOAuth
    /// One for each source, so that a token is renewed once, however many straps use it.
    private var tokens: [TokenSource: TokenProvider] = [:]

    init(context: DestinationContext, clientID: String?, oauth: PulsoidOAuth) {
        self.context = context
        self.clientID = clientID
        self.oauth = oauth
    }

    mutating func destination(_ settings: DestinationSettings) throws -> any Destination {
        try PulsoidDestination(
            name: settings.name, service: settings.requiredAddress(), tokens: provider(of: settings.requiredToken()),
            client: context.client, requestsPerSecond: PulsoidKind.requestsPerSecond(settings.service),
            sendsDetails: settings.options.flag(PulsoidKind.rrIntervals) ?? true, time: context.time)
    }

    private mutating func provider(of source: TokenSource) -> TokenProvider {
        let provider =
            tokens[source]
            ?? TokenProvider(
                source: source, oauth: oauth, clientID: clientID, thread: context.thread, time: context.time,
                logger: context.logger, advice: context.advice)
        tokens[source] = provider
        return provider
    }
}
