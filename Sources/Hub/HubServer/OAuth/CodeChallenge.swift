import Crypto
import FoundationEssentials

/// The challenge of PKCE (RFC 7636). With the verifier, a program proves that it requested the code. Only `S256` is
/// accepted: with `plain`, the address of the page is enough to exchange the code.
struct CodeChallenge: Sendable, Hashable, Codable {
    /// Why a challenge is refused.
    enum Refusal: Error, Sendable, Hashable {
        /// It is not a SHA-256 in base64url: 43 characters.
        case malformed
        /// The method is unknown, or `plain`, which is the default.
        case method
    }

    /// Bytes of a SHA-256 in base64url without padding.
    private static let characterCount = 43
    /// RFC 7636, 4.1.
    private static let verifierCharacters = 43...128

    let text: String

    /// Nil if a program does not use PKCE.
    static func named(_ challenge: String?, method: String?) throws(Refusal) -> CodeChallenge? {
        guard let challenge else {
            guard method == nil else { throw .malformed }
            return nil
        }
        guard method == "S256" else { throw .method }
        guard challenge.utf8.count == characterCount, challenge.utf8.allSatisfy(\.isBase64URL) else { throw .malformed }
        return CodeChallenge(text: challenge)
    }

    func isMet(by verifier: String) -> Bool {
        guard Self.verifierCharacters.contains(verifier.utf8.count), verifier.utf8.allSatisfy(\.isUnreserved) else {
            return false
        }
        return Data(SHA256.hash(data: Data(verifier.utf8))).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "") == text
    }
}

extension UInt8 {
    private var isASCIILetterOrDigit: Bool {
        let character = Character(UnicodeScalar(self))
        return character.isASCII && (character.isLetter || character.isNumber)
    }

    /// RFC 4648, section 5.
    fileprivate var isBase64URL: Bool { isASCIILetterOrDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }

    /// RFC 3986, 2.3.
    fileprivate var isUnreserved: Bool { isBase64URL || self == UInt8(ascii: ".") || self == UInt8(ascii: "~") }
}
