import Crypto
package import FoundationEssentials

/// The SHA-256 of a secret. The database keeps nothing else of it. A plain hash suffices: a ``Secret`` has 256 random
/// bits (those of earlier versions 122), so it cannot be guessed like a password.
package struct TokenHash: Sendable, Hashable, Codable {
    package let bytes: Data

    package init(of accessToken: String) {
        bytes = Data(SHA256.hash(data: Data(accessToken.utf8)))
    }

    /// The ID of a token in lists and logs: 16 hexadecimal digits. They do not reveal the token.
    package var tokenID: String {
        bytes.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The hashes with a ``tokenID``, from the first to the last; nil if the text is no ID.
    static func range(ofTokenID id: String) -> ClosedRange<TokenHash>? {
        guard id.utf8.count == 16, let first = Data(hexadecimal: id[...]) else { return nil }
        func hash(filledWith byte: UInt8) -> TokenHash {
            TokenHash(stored: first + Data(repeating: byte, count: SHA256.byteCount - first.count))
        }
        return hash(filledWith: 0)...hash(filledWith: .max)
    }

    package init(stored bytes: Data) {
        self.bytes = bytes
    }
}

extension TokenHash: Comparable {
    package static func < (one: TokenHash, other: TokenHash) -> Bool {
        one.bytes.lexicographicallyPrecedes(other.bytes)
    }
}

extension Data {
    /// Digits in lower case. Nil for other text.
    init?(hexadecimal digits: Substring) {
        let values = digits.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard values.count == digits.utf8.count, values.count.isMultiple(of: 2) else { return nil }
        self.init(stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] })
    }
}
