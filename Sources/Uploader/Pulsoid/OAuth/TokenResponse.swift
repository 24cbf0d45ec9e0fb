import FoundationEssentials
import PulsoidAPI
import TextFormats
import Timing
import Tokens
import WebClient

/// The answer of Pulsoid's token endpoint, in the terms of RFC 6749 and RFC 8628.
enum TokenResponse: Equatable {
    case granted(StoredToken)
    /// The user has not answered yet.
    case pending
    case slowDown
    case denied
    case expired
    /// No, for good.
    case rejected(reason: String)
    /// No answer, or one that says nothing about the grant: the same question may be put again.
    case unavailable(after: Duration?, reason: String)

    /// `spent` is the refresh token that was sent. It stays valid if no new one comes (RFC 6749, section 6). The
    /// `secrets` are removed from messages.
    init(
        _ response: WebResponse, from service: ServiceAddress, clientID: String, spent: AccessToken? = nil,
        without secrets: [AccessToken], time: any TimeSource
    ) {
        let responseClass = response.responseClass(time)
        func words(_ text: String) -> String { secrets.reduce(text) { $1.removed(from: $0) } }
        if responseClass == .success, let grant = Self.decode(TokenGrant.self, response),
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
        guard [.refused, .notAuthorised].contains(responseClass), let body = Self.decode(OAuthErrorBody.self, response)
        else {
            let told: Duration? = if case .tryLater(let wait) = responseClass { wait } else { nil }
            let sentence = response.message(for: responseClass == .success ? .unexpected : responseClass, from: service)
            // An unreadable success may hold a token: its body is not repeated.
            let shown = responseClass == .success ? "\(service) answered \(response.status) without a token." : sentence
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

    /// A century: a longer time is a mistake, and would overflow.
    private static let mostSeconds: Int64 = 100 * 365 * 86_400

    private static func decode<Value: Decodable>(_ type: Value.Type, _ response: WebResponse) -> Value? {
        try? JSONDecoder().decode(type, from: Data(response.body))
    }
}
