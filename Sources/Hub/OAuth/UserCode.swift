/// What names a device's authorization to the person who allows it: `BCDF-GHJK`.
///
/// Eight of 20 consonants (RFC 8628, 6.1): no vowels, so that no words come of it; 34 bits, which suffice with a limit to
/// wrong guesses. Pulsoid's own are GUIDs, which nobody could type on a phone; clients show them as they are.
struct UserCode: Sendable, Hashable, CustomStringConvertible {
    private static let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ")
    private static let length = 8

    private let letters: String

    /// As a person writes it: in any case of letters, with or without the hyphen. Nil when it cannot be one.
    init?(_ text: String) {
        let letters = text.uppercased().filter { $0 != "-" && !$0.isWhitespace }
        guard letters.count == Self.length, letters.allSatisfy(Self.alphabet.contains) else { return nil }
        self.letters = letters
    }

    /// A new one.
    init(using generator: inout some RandomNumberGenerator) {
        letters = String(
            (0..<Self.length).map { _ in Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &generator)] })
    }

    var description: String { "\(letters.prefix(4))-\(letters.suffix(4))" }
}
