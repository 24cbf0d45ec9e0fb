import Yams

/// Adds an entry to a list in the text of a configuration file; every character that stands there stays.
///
/// The new lines go below the last entry. That the file then means what it meant, and the new entry besides, is not
/// believed but checked; a file that is written in a way for which that does not hold is refused.
package enum ConfigurationExtension {
    package static func adding(
        _ entry: some ConfigurationEntry, to text: String, path: String
    ) throws(ConfigurationError) -> String {
        let before = try root(of: text, path: path)
        var extended = FileLines(text)
        guard let place = place(of: type(of: entry).list, in: before, lines: extended.lines) else {
            throw refusal(entry, path: path)
        }
        extended.insert(place.heading + entry.lines(indent: place.indent), at: place.line)
        extended.end()
        let result = extended.text
        guard let after = try? root(of: result, path: path), after == expected(before, entry) else {
            throw refusal(entry, path: path)
        }
        _ = try ConfigurationFile.parse(result, path: path)
        return result
    }

    private struct Place {
        /// The new lines stand before the one with this number, counted from 0.
        var line: Int
        var indent = 2
        var heading: [String] = []
    }

    private static func place(of list: String, in root: Node?, lines: [String]) -> Place? {
        let end = endOfContent(lines, before: lines.count)
        guard let mapping = root?.mapping else {
            return root == nil ? Place(line: end, heading: ["\(list):"]) : nil
        }
        guard let index = mapping.firstIndex(where: { $0.key.string == list }) else {
            return Place(line: end, heading: ["\(list):"])
        }
        let next = mapping.index(after: index)
        let nextLine = next < mapping.endIndex ? mapping[next].key.mark.map { $0.line - 1 } : lines.count
        guard let nextLine, lines.indices.contains(nextLine - 1) else { return nil }
        let line = endOfContent(lines, before: nextLine)
        guard let sequence = mapping[index].value.sequence else {
            return mapping[index].value.null != nil ? Place(line: line) : nil
        }
        guard let first = sequence.first?.mark, lines.indices.contains(first.line - 1) else { return nil }
        let head = lines[first.line - 1]
        let indent = head.prefix { $0 == " " }.count
        return head.dropFirst(indent).hasPrefix("-") ? Place(line: line, indent: indent) : nil
    }

    /// Without the empty lines and the unindented comments at the end: they belong to the next section.
    private static func endOfContent(_ lines: [String], before end: Int) -> Int {
        var end = end
        while end > 0, lines[end - 1].allSatisfy(\.isWhitespace) || lines[end - 1].hasPrefix("#") { end -= 1 }
        return end
    }

    /// What the file must mean afterwards.
    private static func expected(_ root: Node?, _ entry: some ConfigurationEntry) -> Node? {
        let items = (try? Yams.compose(yaml: entry.lines(indent: 0).joined(separator: "\n")))?.sequence
        guard let item = items?.first else { return nil }
        var mapping = root?.mapping ?? Node.Mapping([])
        let list = type(of: entry).list
        mapping[Node(list)] = Node(Array(mapping[Node(list)]?.sequence ?? Node.Sequence([])) + [item])
        return .mapping(mapping)
    }

    private static func root(of text: String, path: String) throws(ConfigurationError) -> Node? {
        do {
            return try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationError(path: path, line: nil, message: "not YAML: \(error)")
        }
    }

    private static func refusal(_ entry: some ConfigurationEntry, path: String) -> ConfigurationError {
        let lines = entry.lines(indent: 2).joined(separator: "\n")
        return ConfigurationError(
            path: path, line: nil,
            message:
                "is written in a way that no \(type(of: entry).noun) can be added to without changing the rest. Add it "
                + "by hand, below `\(type(of: entry).list):`:\n\(lines)")
    }
}
