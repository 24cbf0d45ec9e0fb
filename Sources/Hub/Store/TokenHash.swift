import Crypto
import FoundationEssentials

/// The SHA-256 of an access token. A plain hash suffices: a token is 122 random bits, not a password that can be guessed.
struct TokenHash: Sendable, Hashable {
    let bytes: Data

    init(of accessToken: String) {
        bytes = Data(SHA256.hash(data: Data(accessToken.utf8)))
    }

    init(stored bytes: Data) {
        self.bytes = bytes
    }
}
