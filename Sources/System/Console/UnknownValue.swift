import TextFormats

/// The message of ArgumentParser about a value that is none of a list, with the one that may be meant.
package enum UnknownValue {
    /// The message, perhaps with a question behind its first sentence.
    package static func message(_ text: String) -> String {
        guard let match = text.firstMatch(of: /The value '(.+?)' is invalid for '[^\n]*?'\. (Please provide one of )/),
            let meant = suggestion(for: String(match.1), among: values(in: text[match.2.endIndex...]))
        else { return text }
        return "\(text[..<match.2.startIndex])Did you mean '\(meant)'? \(text[match.2.startIndex...])"
    }

    private static func suggestion(for word: String, among known: [String]) -> String? {
        // `format=value` for kinds that take one.
        let name = word.prefix { $0 != "=" }
        return Spelling.suggestion(for: String(name), among: known)
    }

    /// `the following:` and a line for each, or `'a', 'b' or 'c'.`
    private static func values(in text: Substring) -> [String] {
        if text.hasPrefix("the following:") {
            let lines = text.split(separator: "\n").dropFirst().prefix { $0.hasPrefix("  - ") }
            return lines.map { String($0.dropFirst(4)) }
        }
        let line = text.prefix { !$0.isNewline }
        return line.matches(of: /'([^']+)'/).map { String($0.1) }
    }
}
