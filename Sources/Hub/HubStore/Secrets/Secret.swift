/// A token, a code or a client secret of the hub: 256 bits of getrandom(2).
///
/// As text 52 letters `a`–`z` and digits `2`–`7` (RFC 4648, section 6, in lower case). They need no escape in an
/// address, a header or a form, a double click selects them, and no command reads one as an option.
package struct Secret: Sendable, CustomStringConvertible {
    /// Characters of a secret without a prefix.
    package static let characterCount = 52

    private static let byteCount = 32
    private static let alphabet = Array("abcdefghijklmnopqrstuvwxyz234567".utf8)

    /// The secret itself, for its owner.
    package let revealed: String

    /// A new secret. The prefix names its kind, or its family.
    package init(prefix: String = "") throws(RandomnessError) {
        revealed = prefix + Self.text(of: try RandomBytes.draw(Self.byteCount))
    }

    package var hash: TokenHash { TokenHash(of: revealed) }

    /// Never the secret itself, so that no log shows it.
    package var description: String { "(secret)" }

    private static func text(of bytes: [UInt8]) -> String {
        var letters: [UInt8] = []
        var buffer = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | Int(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                letters.append(alphabet[buffer >> bits & 31])
            }
            buffer &= (1 << bits) - 1
        }
        if bits > 0 { letters.append(alphabet[buffer << (5 - bits) & 31]) }
        return String(decoding: letters, as: UTF8.self)
    }
}
