import TextFormats
import Yams

/// Renames or removes a strap in the text of a configuration file; everything else stays as it is.
///
/// The file must mean the same afterwards, but for this strap: that is checked. A file that is written in another way,
/// for instance as JSON, is refused.
package enum StrapEdit {
    package static func renaming(
        _ name: String, to new: String, in text: String, path: String
    ) throws(ConfigurationError) -> String {
        let place = try Place(name, in: text, path: path)
        var lines = place.lines
        guard let mark = place.strap.mapping?["name"]?.mark, lines.indices.contains(mark.line - 1) else {
            throw place.refusal("rename")
        }
        let line = lines[mark.line - 1]
        // Of the line only the value changes, so that a comment stays. The column counts from 1.
        let head = line.prefix(mark.column - 1)
        let rest = line.dropFirst(mark.column - 1)
        guard let old = [StrapEntry.quoted(name), "'\(name)'", name].first(where: { rest.hasPrefix($0) }) else {
            throw place.refusal("rename")
        }
        lines[mark.line - 1] = "\(head)\(StrapEntry.quoted(new))\(rest.dropFirst(old.count))"
        var expected = place.strap
        expected["name"] = Node(new, Tag(.str), .doubleQuoted)
        return try place.checked(lines, place.straps.map { $0 == place.strap ? expected : $0 }, "rename")
    }

    package static func removing(_ name: String, from text: String, path: String) throws(ConfigurationError) -> String {
        let place = try Place(name, in: text, path: path)
        guard place.straps.count > 1 else {
            throw ConfigurationError(
                path: path, line: place.strap.mark?.line,
                message: "`\(name)` is the only strap, and a configuration needs one")
        }
        guard let range = place.range else { throw place.refusal("remove") }
        var lines = place.lines
        lines.removeSubrange(range)
        return try place.checked(lines, place.straps.filter { $0 != place.strap }, "remove")
    }

    /// A strap in the lines of a file.
    private struct Place {
        let name: String
        let path: String
        let lines: [String]
        let root: Node
        let straps: [Node]
        let strap: Node
        let index: Int

        init(_ name: String, in text: String, path: String) throws(ConfigurationError) {
            _ = try ConfigurationFile.parse(text, path: path)
            self.name = name
            self.path = path
            lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
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
            guard let first = strap.mark.map({ $0.line - 1 }), lines.indices.contains(first) else { return nil }
            let indent = lines[first].prefix { $0 == " " }.count
            guard lines[first].dropFirst(indent).hasPrefix("-") else { return nil }
            let end = lines[(first + 1)...].firstIndex { line in
                let depth = line.prefix { $0 == " " }.count
                return depth < line.count && depth <= indent
            }
            return first..<(end ?? lines.count)
        }

        func checked(
            _ lines: [String], _ expected: [Node], _ verb: String
        ) throws(ConfigurationError) -> String {
            let text = lines.joined(separator: "\n")
            var whole = root
            whole["straps"] = Node(expected)
            guard let after = (try? Yams.compose(yaml: text)).flatMap({ $0 }), after == whole else {
                throw refusal(verb)
            }
            _ = try ConfigurationFile.parse(text, path: path)
            return text.hasSuffix("\n") ? text : text + "\n"
        }

        func refusal(_ verb: String) -> ConfigurationError {
            ConfigurationError(
                path: path, line: strap.mark?.line,
                message: "is written in a way that this program cannot edit. Please \(verb) `\(name)` by hand")
        }
    }
}
