/// Finds the token in pasted text. Editors, shells and web pages put other characters around it: a byte order mark,
/// line ends, quotation marks, `<` and `>`, `Bearer ` or `Authorization: Bearer `, `TOKEN=`, a comma, invisible
/// characters. The address of a hub's page holds one behind `access_token=`.
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
        if bare.contains("://"), !bare.contains(where: \.isWhitespace) { throw address }
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
            if hasMarks(rest) { rest = trimmed(withoutMarks(rest)) }
            if rest == before { return rest }
        }
    }

    /// Whether a mark is there that is in few tokens. Each request reads a token, so this is quick.
    private static func hasMarks(_ text: Substring) -> Bool {
        text.utf8.contains { byte in byte < 32 || ",;:=".utf8.contains(byte) }
    }

    /// The text without a terminal's marks of a paste, `export TOKEN=`, `token:`, a comma at its end, and the address
    /// around `access_token=`.
    private static func withoutMarks(_ text: Substring) -> Substring {
        var text = text
        for mark in ["\u{1B}[200~", "\u{1B}[201~"] {
            if text.hasPrefix(mark) { text = text.dropFirst(mark.count) }
            if text.hasSuffix(mark) { text = text.dropLast(mark.count) }
        }
        if text.contains("://"), let name = text.firstRange(of: "access_token=") {
            return text[name.upperBound...].prefix { !"&#\"'".contains($0) && !$0.isWhitespace }
        }
        if let last = text.last, ",;".contains(last) { text = text.dropLast() }
        let name = text.prefix { $0 != "=" && $0 != ":" }
        let value = text[name.endIndex...].dropFirst()
        let isName = name.allSatisfy { $0.isLetter || "_- \"".contains($0) } && name.lowercased().contains("token")
        // The end of a token can be `=`, too.
        return isName && value.contains { $0 != "=" } ? value : text
    }

    /// Which mark closes what a mark opens.
    private static let quotationMarks: [Character: Character] = [
        "\"": "\"", "'": "'", "`": "`", "\u{201C}": "\u{201D}", "\u{201E}": "\u{201C}", "\u{2018}": "\u{2019}",
        "\u{AB}": "\u{BB}", "<": ">",
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

    private static let address = Problem(
        problem: "holds no token: it is an address", advice: "Copy the token that the page at this address shows.")

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
