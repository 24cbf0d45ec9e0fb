/// What names a device's authorization to the person who allows it: `BCDF-GHJK`.
///
/// Eight of 20 consonants (RFC 8628, 6.1): no vowels, so that no words come of it; 34 bits, which suffice with a limit to
/// wrong guesses. Pulsoid's own are GUIDs, which nobody could type on a phone; clients show them as they are.
package struct UserCode: Sendable, Hashable, CustomStringConvertible {
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ")
    private static let length = 8

    private let letters: String

    /// As a person writes it: in any case of letters, with or without the hyphen. Nil when it cannot be one.
    package init?(_ text: String) {
        let letters = text.uppercased().filter { $0 != "-" && !$0.isWhitespace }
        guard letters.count == Self.length, letters.allSatisfy(Self.alphabet.contains) else { return nil }
        self.letters = letters
    }

    /// A new one.
    package init() throws(RandomnessError) {
        // Each letter is as likely as another: the bytes above the last whole alphabet are drawn again.
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
