import TextFormats
import Yams

/// Renames or removes a strap in the text of a configuration file; everything else stays as it is. Outputs and places
/// for sessions that name the strap get its new name.
///
/// The file must mean the same afterwards, but for this strap: that is checked. A file that is written in another way,
/// for instance as JSON, is refused.
package enum StrapEdit {
    package static func renaming(
        _ name: String, to new: String, in text: String, path: String
    ) throws(ConfigurationError) -> String {
        let place = try Place(name, in: text, path: path)
        let newName = Node(new, Tag(.str), .doubleQuoted)
        var expected = place.strap
        expected["name"] = newName
        var whole = place.root
        whole["straps"] = Node(place.straps.map { $0 == place.strap ? expected : $0 })
        for list in Place.listsWithStraps {
            guard let items = place.root[list]?.sequence else { continue }
            whole[list] = Node(
                items.map { item in
                    var item = item
                    if item["strap"]?.string == name { item["strap"] = newName }
                    return item
                })
        }
        var lines = place.lines
        let marks = [place.strap["name"]?.mark] + place.references.map { $0.value.mark }
        guard !marks.contains(where: { $0 == nil }) else { throw place.refusal("rename") }
        // The last value of a line first, because a change moves the values behind it.
        let inReverse = marks.compactMap(\.self).sorted { ($0.line, $0.column) > ($1.line, $1.column) }
        for mark in inReverse {
            guard lines.lines.indices.contains(mark.line - 1) else { throw place.refusal("rename") }
            let line = lines[mark.line - 1]
            // Of the line only the value changes, so that a comment stays. The column counts from 1.
            let head = line.prefix(mark.column - 1)
            let rest = line.dropFirst(mark.column - 1)
            guard let old = [StrapEntry.quoted(name), "'\(name)'", name].first(where: { rest.hasPrefix($0) }) else {
                throw place.refusal("rename")
            }
            lines[mark.line - 1] = "\(head)\(StrapEntry.quoted(new))\(rest.dropFirst(old.count))"
        }
        return try place.checked(lines, whole, "rename")
    }

    package static func removing(_ name: String, from text: String, path: String) throws(ConfigurationError) -> String {
        let place = try Place(name, in: text, path: path)
        guard place.straps.count > 1 else {
            throw ConfigurationError(
                path: path, line: place.strap.mark?.line,
                message: "`\(name)` is the only strap, and a configuration needs one")
        }
        if let (list, value) = place.references.first {
            throw ConfigurationError(
                path: path, line: value.mark?.line,
                message: "an entry of `\(list)` has `strap: \(name)`. Remove the entry first, or name another strap"
            )
        }
        guard let range = place.range else { throw place.refusal("remove") }
        var lines = place.lines
        lines.remove(range)
        var whole = place.root
        whole["straps"] = Node(place.straps.filter { $0 != place.strap })
        return try place.checked(lines, whole, "remove")
    }

    /// A strap in the lines of a file.
    private struct Place {
        let name: String
        let path: String
        let lines: FileLines
        let root: Node
        let straps: [Node]
        let strap: Node
        let index: Int

        init(_ name: String, in text: String, path: String) throws(ConfigurationError) {
            _ = try ConfigurationFile.parse(text, path: path)
            self.name = name
            self.path = path
            lines = FileLines(text)
            root = (try? Yams.compose(yaml: text)).flatMap { $0 } ?? ""
            straps = root["straps"].flatMap { $0.sequence.map { Array($0) } } ?? []
            guard let index = straps.firstIndex(where: { $0["name"]?.string == name }) else {
                let names = straps.compactMap { $0["name"]?.string }
                let near = Spelling.suggestion(for: name, among: names).map { " Did you mean `\($0)`?" } ?? ""
                throw ConfigurationError(
                    path: path, line: nil,
                    message: "has no strap `\(name)`; it has: \(names.joined(separator: ", ")).\(near)")
            }
            self.index = index
            strap = straps[index]
        }

        /// The lines of the strap, from its dash to the line before the next strap or section.
        var range: Range<Int>? {
            let lines = lines.lines
            guard let first = strap.mark.map({ $0.line - 1 }), lines.indices.contains(first) else { return nil }
            let indent = lines[first].prefix { $0 == " " }.count
            guard lines[first].dropFirst(indent).hasPrefix("-") else { return nil }
            let end = lines[(first + 1)...].firstIndex { line in
                let depth = line.prefix { $0 == " " }.count
                return !line.allSatisfy(\.isWhitespace) && depth <= indent
            }
            return first..<(end ?? lines.count)
        }

        static let listsWithStraps = ["outputs", "sessions"]

        /// Where outputs and places for sessions name the strap.
        var references: [(list: String, value: Node)] {
            Self.listsWithStraps.flatMap { list in
                (root[list]?.sequence.map { Array($0) } ?? []).compactMap { item in
                    item["strap"].flatMap { $0.string == name ? (list, $0) : nil }
                }
            }
        }

        func checked(_ lines: FileLines, _ whole: Node, _ verb: String) throws(ConfigurationError) -> String {
            var lines = lines
            lines.end()
            let text = lines.text
            guard let after = (try? Yams.compose(yaml: text)).flatMap({ $0 }), after == whole else {
                throw refusal(verb)
            }
            _ = try ConfigurationFile.parse(text, path: path)
            return text
        }

        func refusal(_ verb: String) -> ConfigurationError {
            ConfigurationError(
                path: path, line: strap.mark?.line,
                message: "is written in a way that this program cannot edit. Please \(verb) `\(name)` by hand")
        }
    }
}
