/// Finds the token in pasted text. Editors, shells and web pages put other characters around it: a byte order mark,
/// line ends, quotation marks, `Bearer ` or `Authorization: Bearer `, invisible characters.
enum PastedToken {
    /// Why a text is no token. Does not show the text.
    struct Problem: Error, Equatable {
        /// The end of a sentence about the place of the token.
        let problem: String
        let advice: String
    }

    /// Takes the token out of a text.
    static func token(in text: some StringProtocol) throws(Problem) -> AccessToken {
        let bare = bareText(of: text)
        if let token = AccessToken(bare) { return token }
        throw problem(with: bare)
    }

    /// The text without the characters around a token, or around the JSON that holds one.
    static func bareText(of text: some StringProtocol) -> Substring {
        var rest = trimmed(String(text)[...])
        while true {
            let before = rest
            for name in ["authorization:", "bearer "] where rest.lowercased().hasPrefix(name) {
                rest = trimmed(rest.dropFirst(name.count))
            }
            if let first = rest.first, rest.count > 1, let last = quotationMarks[first], rest.last == last {
                rest = trimmed(rest.dropFirst().dropLast())
            }
            if rest == before { return rest }
        }
    }

    /// Which mark closes what a mark opens.
    private static let quotationMarks: [Character: Character] = [
        "\"": "\"", "'": "'", "`": "`", "\u{201C}": "\u{201D}", "\u{201E}": "\u{201C}", "\u{2018}": "\u{2019}",
        "\u{AB}": "\u{BB}",
    ]

    /// White space of every kind, byte order marks, zero-width characters and other format characters at both ends.
    private static func trimmed(_ text: Substring) -> Substring {
        func isAround(_ scalar: Unicode.Scalar) -> Bool {
            // Unicode's tables are slow, and each request reads a token, which begins and ends with a letter or digit.
            if scalar.isASCII { return scalar == " " || ("\t"..."\r").contains(scalar) }
            return scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
        }
        let scalars = text.unicodeScalars.drop(while: isAround)
        let end = scalars.lastIndex { !isAround($0) }.map(scalars.index(after:)) ?? scalars.startIndex
        return Substring(scalars[..<end])
    }

    private static func problem(with text: Substring) -> Problem {
        let scalars = text.unicodeScalars
        if scalars.isEmpty {
            return Problem(problem: "holds no token", advice: "Put the token there, and nothing else.")
        }
        // The bytes 0xFF and 0xFE, decoded as UTF-8.
        if scalars.contains("\0") || text.hasPrefix("\u{FFFD}\u{FFFD}") {
            return Problem(
                problem: "holds no token: it has zero bytes, as a text saved as UTF-16 (\"Unicode\") has",
                advice: "Save it as UTF-8.")
        }
        if text.contains(where: \.isNewline) {
            return Problem(
                problem: "holds no token: it has several lines", advice: "Put one token there, and nothing else.")
        }
        if scalars.contains(where: \.properties.isWhitespace) {
            return Problem(
                problem: "holds no token: it has spaces within", advice: "Put one token there, and nothing else.")
        }
        return Problem(
            problem: "holds no token: it has a character that no token has",
            advice: "Copy the token again; tokens are plain letters, digits and signs.")
    }
}
