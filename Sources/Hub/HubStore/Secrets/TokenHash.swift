import Crypto
package import FoundationEssentials

/// The SHA-256 of a secret. The database keeps nothing else of it. A plain hash suffices: a ``Secret`` has 256 random
/// bits (those of earlier versions 122), so it cannot be guessed like a password.
package struct TokenHash: Sendable, Hashable {
    package let bytes: Data

    package init(of accessToken: String) {
        bytes = Data(SHA256.hash(data: Data(accessToken.utf8)))
    }

    /// The ID of a token in lists and logs: 16 hexadecimal digits. They do not reveal the token.
    package var tokenID: String {
        bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    package init(stored bytes: Data) {
        self.bytes = bytes
    }
}
