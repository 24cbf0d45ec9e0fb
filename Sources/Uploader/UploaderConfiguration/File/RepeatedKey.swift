import Yams

/// A key that stands in a section a second time, which the parser refuses.
///
/// Its second place gets a mark, which makes it another key. Parsed, the entries of both places become one: each node
/// keeps its line. Of two values for one thing the first counts, or the second: the mistakes of both are found.
enum RepeatedKey {
    /// Nothing that people type: from the private use area of Unicode.
    private static let mark: Character = "\u{E000}"
    /// Anchors can make a small file a very large tree.
    private static let mostNodes = 10_000

    struct Place {
        /// Counted from 0.
        let line: Int
        /// Where the name of the key ends.
        let end: String.Index
        let column: Int

        /// The numbers of the lines, from 1, of the key and of its content.
        func range(in lines: [String]) -> ClosedRange<Int> {
            let end = lines[(line + 1)...].firstIndex { text in
                let margin = text.prefix { $0 == " " }.count
                return margin < text.count && margin < column
            }
            return (line + 1)...(end ?? lines.count)
        }
    }

    // MARK: Lines

    static func second(_ key: String, after first: Mark, in lines: [String]) -> Place? {
        guard lines.indices.contains(first.line - 1) else { return nil }
        let isInBraces = lines[first.line - 1].prefix(first.column - 1).contains("{")
        for number in (isInBraces ? first.line - 1 : first.line)..<lines.count {
            let line = lines[number]
            var start = line.prefix { $0 == " " || $0 == "-" }.count
            if isInBraces {
                if number == first.line - 1 { start = first.column }
            } else if start + 1 != first.column {
                continue
            }
            if let end = end(of: key, in: line.dropFirst(start), isInBraces: isInBraces) {
                return Place(line: number, end: end, column: first.column)
            }
        }
        return nil
    }

    static func marked(_ line: String, at end: String.Index, number: Int) -> String {
        "\(line[..<end])\(mark)\(number)\(line[end...])"
    }

    /// Where the name of the key ends, if the text begins with it. In braces it can stand behind a comma, too.
    private static func end(of key: String, in text: Substring, isInBraces: Bool) -> String.Index? {
        let commas = isInBraces ? text.indices.filter { text[$0] == "," }.map(text.index(after:)) : []
        for begin in [text.startIndex] + commas {
            let word = text[begin...].drop { $0 == " " }
            for quote in ["", "\"", "'"] where word.hasPrefix(quote + key + quote) {
                let end = word.index(word.startIndex, offsetBy: quote.count + key.count)
                if word[end...].dropFirst(quote.count).drop(while: { $0 == " " }).hasPrefix(":") { return end }
            }
        }
        return nil
    }

    // MARK: Nodes

    static func joined(_ node: Node, secondCounts: Bool) -> Node {
        var rest = mostNodes
        return joined(node, secondCounts, &rest)
    }

    private static func joined(_ node: Node, _ secondCounts: Bool, _ rest: inout Int) -> Node {
        rest -= 1
        guard rest > 0 else { return node }
        switch node {
        case .mapping(let mapping):
            var pairs: [(Node, Node)] = []
            for (key, value) in mapping {
                let value = joined(value, secondCounts, &rest)
                let name = key.string ?? ""
                if let end = name.firstIndex(of: mark),
                    let first = pairs.firstIndex(where: { $0.0.string == String(name[..<end]) })
                {
                    pairs[first].1 = union(pairs[first].1, value, secondCounts)
                } else {
                    pairs.append((key, value))
                }
            }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
        case .sequence(let sequence):
            var items: [Node] = []
            for item in sequence { items.append(joined(item, secondCounts, &rest)) }
            return .sequence(Node.Sequence(items, sequence.tag, sequence.style, sequence.mark))
        case .scalar, .alias:
            return node
        }
    }

    private static func union(_ first: Node, _ second: Node, _ secondCounts: Bool) -> Node {
        switch (first, second) {
        case (.sequence(let one), .sequence(let other)):
            return .sequence(Node.Sequence(Array(one) + Array(other), one.tag, one.style, one.mark))
        case (.mapping(let one), .mapping(let other)):
            var pairs = one.map { ($0.key, $0.value) }
            for (key, value) in other {
                if let place = pairs.firstIndex(where: { $0.0.string == key.string }) {
                    pairs[place].1 = union(pairs[place].1, value, secondCounts)
                } else {
                    pairs.append((key, value))
                }
            }
            return .mapping(Node.Mapping(pairs, one.tag, one.style, one.mark))
        default:
            return secondCounts || first.null != nil ? second : first
        }
    }
}
