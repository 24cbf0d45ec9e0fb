import Crypto
import Tokens

/// The secrets of one call, read from their files: a replaced file counts at once.
struct WebhookSecrets {
    /// The header of the signature, as GitHub's webhooks have it: `sha256=` and the HMAC of the body in hexadecimal.
    static let signatureHeader = "X-Hub-Signature-256"

    private let token: AccessToken?
    private let headers: [SecretHeaders.Header]
    private let key: AccessToken?

    /// - Throws: `TokenError`, `SecretHeaders.Problem`.
    init(_ settings: WebhookSettings) throws {
        token = try settings.token?.read()
        headers = try settings.headers?.read() ?? []
        key = try settings.secret?.read()
    }

    /// The headers of a call with this body.
    func headers(for body: [UInt8]) -> [(String, String)] {
        (token.map { [("Authorization", $0.bearer)] } ?? []) + headers.map { ($0.name, $0.value) }
            + (key.map { [(Self.signatureHeader, Self.signature(of: body, key: $0))] } ?? [])
    }

    func removed(from text: String) -> String {
        SecretHeaders.removed(headers, from: token?.removed(from: text) ?? text)
    }

    private static func signature(of body: [UInt8], key: AccessToken) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: body, using: SymmetricKey(data: Array(key.revealed.utf8)))
        return "sha256=" + code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
