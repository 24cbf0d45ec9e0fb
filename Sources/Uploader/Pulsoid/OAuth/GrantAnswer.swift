import FoundationEssentials
import PulsoidAPI
import TextFormats
import Timing
import Tokens
import WebClient

/// What Pulsoid's token endpoint said, in the words of RFC 6749 and RFC 8628.
enum GrantAnswer: Equatable {
    case granted(StoredToken)
    /// The person has not answered yet.
    case pending
    case slowDown
    case denied
    case expired
    /// No, for good.
    case rejected(reason: String)
    /// No answer, or one that says nothing about the grant: the same question may be put again.
    case unavailable(after: Duration?, reason: String)

    /// `spent` is the refresh token that was sent; it stays good where no new one comes (RFC 6749, section 6). The `secrets` are
    /// taken out of the words.
    init(
        _ response: WebResponse, from service: ServiceAddress, clientID: String, spent: AccessToken? = nil,
        without secrets: [AccessToken], time: any TimeSource
    ) {
        let meaning = response.meaning(time)
        func words(_ text: String) -> String { secrets.reduce(text) { $1.removed(from: $0) } }
        if meaning == .success, let grant = Self.decode(TokenGrant.self, response),
            let access = AccessToken(grant.accessToken)
        {
            let now = time.now().wallMilliseconds / 1000
            self = .granted(
                StoredToken(
                    access: access, refresh: grant.refreshToken.flatMap { AccessToken($0) } ?? spent,
                    expiresAtSeconds: grant.expiresInSeconds.map { now + min(max($0, 0), Self.mostSeconds) },
                    clientID: clientID))
            return
        }
        guard [.refused, .notAuthorised].contains(meaning), let body = Self.decode(OAuthErrorBody.self, response) else {
            let told: Duration? = if case .tryLater(let wait) = meaning { wait } else { nil }
            let sentence = response.sentence(meaning == .success ? .unexpected : meaning, from: service)
            // A success that cannot be read may hold a token: its words are not repeated.
            let shown = meaning == .success ? "\(service) answered \(response.status) without a token." : sentence
            self = .unavailable(after: told, reason: words(shown))
            return
        }
        let said = (body.errorDescription ?? body.error).printable()
        switch body.code {
        case .authorizationPending: self = .pending
        case .slowDown: self = .slowDown
        case .accessDenied: self = .denied
        case .expiredToken: self = .expired
        default:
            self = .rejected(
                reason: words(
                    "\(service) answered \(response.status): \"\(said)\" (\(body.error.printable()))."))
        }
    }

    /// A century: what is longer is a mistake, and must not overflow.
    private static let mostSeconds: Int64 = 100 * 365 * 86_400

    private static func decode<Value: Decodable>(_ type: Value.Type, _ response: WebResponse) -> Value? {
        try? JSONDecoder().decode(type, from: Data(response.body))
    }
}
