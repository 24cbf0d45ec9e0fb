import Yams

/// A text that should be YAML, and its mistakes of form in plain words.
///
/// Tabs and a key that stands twice are repaired for the rest of the check, so that later mistakes are found as well.
/// Entries below the second place of a key are examined as if they were below the first.
struct YAMLText {
    typealias Mistake = ConfigurationError.Mistake

    /// The content; nil for an empty file, and where the form hides it.
    private(set) var root: Node?
    /// The content with the second of two values of a key, if a key stands twice.
    private(set) var alternative: Node?
    /// The lines of each key that stands a second time.
    private(set) var repeated: [ClosedRange<Int>] = []
    private(set) var mistakes: [Mistake] = []
    private var lines: [String] = []
    /// Whether the indentation is a guess: then further mistakes of form may be its fault.
    private var isGuess = false

    /// More mistakes than these are not worth the time.
    private static let mostRepairs = 20

    init(_ text: String) {
        if let zero = text.utf8.firstIndex(of: 0) {
            mistakes = [
                Mistake(
                    line: 1 + text.utf8[..<zero].count { $0 == UInt8(ascii: "\n") },
                    message: "has zero bytes, as a text saved as UTF-16 (\"Unicode\"): save it as UTF-8")
            ]
            return
        }
        let plain = straightened(text)
        do {
            root = try Yams.compose(yaml: plain)
        } catch {
            lines = plain.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(
                String.init)
            var failure: any Error = error
            for _ in 0..<Self.mostRepairs {
                guard repair(failure) else { return }
                do {
                    let node = try Yams.compose(yaml: lines.joined(separator: "\n"))
                    root = node.map { RepeatedKey.joined($0, secondCounts: false) }
                    if !repeated.isEmpty { alternative = node.map { RepeatedKey.joined($0, secondCounts: true) } }
                    return
                } catch { failure = error }
            }
        }
    }

    /// Notes the mistake; whether the text can be examined further.
    private mutating func repair(_ error: any Error) -> Bool {
        guard let error = error as? YamlError else {
            mistakes.append(Mistake(line: nil, message: "\(error)"))
            return false
        }
        if case .duplicatedKeysInMapping(let keys, let context) = error {
            return markSecond(keys.first ?? "", after: context.mark)
        }
        if replaceTabs() || replaceDashes() { return true }
        if !isGuess { mistakes.append(explanation(of: error)) }
        return false
    }

    // MARK: Repairs

    /// The text with plain quotes and spaces, where word processors and web pages have put others.
    private mutating func straightened(_ text: String) -> String {
        let quotes: [Character: Character] = [
            "“": "\"", "”": "\"", "„": "\"", "‟": "\"", "«": "\"", "»": "\"", "‘": "'", "’": "'", "‚": "'",
        ]
        var isChanged = false
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        for (index, original) in lines.enumerated() {
            var line = original
            if let hidden = HiddenCharacter.removed(from: &line) {
                mistakes.append(Mistake(line: index + 1, message: hidden.message))
                lines[index] = line
                isChanged = true
            }
            // The margin, a dash and the key; the rest is the value.
            let head = line.prefixMatch(of: /[\s\-]*(?:[A-Za-z_]+\s*:)?\s*/)?.output ?? ""
            let value = line.dropFirst(head.count)
            let spaced = String(head.map { $0.isWhitespace && $0 != "\t" ? " " : $0 })
            // Texts for people to read may have such quotes.
            let isForPeople = head.contains(/(?:text\w*|chatbox|body|local_name)\s*:/)
            let hasQuotes = !isForPeople && value.first.map { quotes[$0] != nil } ?? false
            guard spaced != head || hasQuotes else { continue }
            if spaced != head {
                mistakes.append(Mistake(line: index + 1, message: "has a no-break space: type plain spaces"))
            }
            if hasQuotes {
                mistakes.append(Mistake(line: index + 1, message: "has typographic quotes: type plain ones, or none"))
            }
            lines[index] = spaced + String(hasQuotes ? value.map { quotes[$0] ?? $0 } : Array(value))
            isChanged = true
        }
        return isChanged ? lines.joined(separator: "\n") : text
    }

    private mutating func replaceTabs() -> Bool {
        var isFound = false
        for (index, line) in lines.enumerated() {
            let margin = line.prefix { $0 == " " || $0 == "\t" }
            guard margin.contains("\t"), margin.count < line.count,
                line.dropFirst(margin.count).first != "#"
            else {
                continue
            }
            mistakes.append(
                Mistake(line: index + 1, message: "starts with a tab: YAML wants spaces, two for a level"))
            lines[index] = "\(margin.replacing("\t", with: "  "))\(line.dropFirst(margin.count))"
            isFound = true
        }
        isGuess = isGuess || isFound
        return isFound
    }

    /// `– name: anna`: word processors make a long dash of the one that begins an item.
    private mutating func replaceDashes() -> Bool {
        var isFound = false
        for (index, line) in lines.enumerated() {
            guard let match = line.prefixMatch(of: /( *)([–—−•*])( +[A-Za-z_]+ *:.*)/) else { continue }
            let (_, margin, dash, rest) = match.output
            mistakes.append(Mistake(line: index + 1, message: "begins its item with `\(dash)`: type a plain `-`"))
            lines[index] = "\(margin)-\(rest)"
            isFound = true
        }
        return isFound
    }

    /// Marks a key's second place, so that the parser takes both. Whether it was found.
    private mutating func markSecond(_ key: String, after first: Mark) -> Bool {
        guard let second = RepeatedKey.second(key, after: first, in: lines) else {
            mistakes.append(Mistake(line: first.line, message: "`\(key)` is here twice: put both together"))
            return false
        }
        let message = "`\(key)` is here a second time, after line \(first.line): put both together"
        mistakes.append(Mistake(line: second.line + 1, message: message))
        repeated.append(second.range(in: lines))
        lines[second.line] = RepeatedKey.marked(lines[second.line], at: second.end, number: mistakes.count)
        return true
    }

    // MARK: Words

    /// The mistake in our words: those of the parser are about its own work.
    private func explanation(of error: YamlError) -> Mistake {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let opening = context?.mark.line
            let line = min(mark.line, max(1, lines.count))
            switch problem {
            case let problem where problem.contains("expected '-' indicator"):
                return Mistake(
                    line: line,
                    message: "is indented unlike the entries of its list: align it with the lines above")
            case let problem where problem.contains("mapping values are not allowed"):
                if let mistake = colonMistake(before: line) { return mistake }
                return Mistake(
                    line: line,
                    message:
                        "has a `:` where none can be: align the line with those above, and quote a text with `: `"
                )
            case let problem
            where problem.contains("expected key") || problem.contains("block sequence entries"):
                return Mistake(
                    line: line,
                    message: "is indented unlike the lines above: align it with the key it belongs to")
            case let problem where problem.contains("another document"):
                return Mistake(line: line, message: "begins a second document: remove the line `---`")
            case let problem where problem.contains("could not find expected ':'"):
                return Mistake(
                    line: opening ?? line, message: "has no `:` behind its key, or a wrong indentation")
            case let problem where problem.contains("unexpected end of stream"):
                return Mistake(line: opening ?? line, message: "opens a quote that nothing closes")
            case let problem
            where problem.contains("expected ',' or") || problem.contains("node content"):
                let bracket = lines.prefix(line).lastIndex(where: Self.opensBracket)
                return Mistake(
                    line: bracket.map { $0 + 1 } ?? line,
                    message: "opens a bracket that nothing closes, or lacks a comma")
            case let problem where problem.contains("cannot start any token"):
                return Mistake(line: line, message: startOfValue(mark))
            case let problem
            where problem.contains("undefined alias") || problem.contains("alphabetic or numeric"):
                return Mistake(
                    line: line, message: "has a value that starts with `*` or `&`: put it in quotes")
            case let problem where problem.contains("escape"):
                return Mistake(
                    line: line, message: "has a backslash in double quotes: write two, or use single quotes")
            default:
                return Mistake(line: line, message: Self.general)
            }
        case .reader:
            return Mistake(line: nil, message: "has bytes that are no text: save it as UTF-8")
        default:
            return Mistake(line: nil, message: Self.general)
        }
    }

    private static func opensBracket(_ line: String) -> Bool {
        func count(_ sign: Character) -> Int { line.count { $0 == sign } }
        return count("[") > count("]") || count("{") > count("}")
    }

    /// The line above may lack its colon, or the space behind it: then it continues in this one.
    private func colonMistake(before line: Int) -> Mistake? {
        let above = lines.prefix(line - 1).lastIndex { !$0.allSatisfy(\.isWhitespace) }
        if let above, lines[above].prefixMatch(of: /\s*(?:- +)?[A-Za-z_]+ *=/) != nil {
            return Mistake(line: above + 1, message: "has a `=` behind its key: write `: `")
        }
        if let above, lines[above].prefixMatch(of: /\s*-[A-Za-z_]+:/) != nil {
            return Mistake(line: above + 1, message: "has no space behind its `-`")
        }
        guard let above, let text = lines[above].firstMatch(of: /^\s*(?:- +)?([A-Za-z_]+)(:?)\S*\s*$/) else {
            return nil
        }
        let words = text.output.2.isEmpty ? "has no `:` behind its key" : "has no space behind the `:` of its key"
        let isComplete = lines[above].hasSuffix(":")
        return isComplete ? nil : Mistake(line: above + 1, message: words)
    }

    private static let general =
        "cannot be understood: check the indentation, the colons and the quotes here and in the line above"

    private func startOfValue(_ mark: Mark) -> String {
        let line = lines.indices.contains(mark.line - 1) ? lines[mark.line - 1] : ""
        let sign = line.unicodeScalars.dropFirst(mark.column - 1).first
        if sign == "\t" { return "has a tab: YAML wants spaces" }
        return "has a value that starts with `\(sign.map { String($0) } ?? "?")`: put it in quotes"
    }
}
