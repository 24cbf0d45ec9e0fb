/// The code of a device authorization, as the user types it: `BCDF-GHJK`.
///
/// Eight of 20 consonants (RFC 8628, 6.1): no vowels, so that no words appear. 34 bits suffice, because wrong guesses
/// are limited. Pulsoid's own codes are GUIDs, too long to type; clients show the code unchanged.
package struct UserCode: Sendable, Hashable, Codable, CustomStringConvertible {
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ")
    private static let length = 8

    private let letters: String

    /// As a user types it: in upper or lower case, with or without the hyphen. Nil if it cannot be a code.
    package init?(_ text: String) {
        let letters = text.uppercased().filter { $0 != "-" && !$0.isWhitespace }
        guard letters.count == Self.length, letters.allSatisfy(Self.alphabet.contains) else { return nil }
        self.letters = letters
    }

    /// A new code.
    package init() throws(RandomnessError) {
        // Bytes above the last multiple of the alphabet are drawn again, so that all letters are equally likely.
        let end = UInt8(256 / Self.alphabet.count * Self.alphabet.count)
        var letters = ""
        while letters.count < Self.length {
            for byte in try RandomBytes.draw(Self.length) where byte < end && letters.count < Self.length {
                letters.append(Self.alphabet[Int(byte) % Self.alphabet.count])
            }
        }
        self.letters = letters
    }

    package var description: String { "\(letters.prefix(4))-\(letters.suffix(4))" }
}
