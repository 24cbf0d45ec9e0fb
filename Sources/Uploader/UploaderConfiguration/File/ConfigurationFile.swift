import FoundationEssentials
import TextFormats
import Yams

/// Reads a configuration file. A mistake is reported with its line.
package enum ConfigurationFile {
    package static func read(_ path: String) throws(ConfigurationError) -> Configuration {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError(
                path: path, line: nil,
                message: "cannot be read. Is it there, and may this user read it? "
                    + "packaging/strapline.example.yaml is one to start from.")
        }
        return try parse(String(decoding: ForeignText.utf8(Array(data)), as: UTF8.self), path: path)
    }

    /// With `mayLackStraps` of a file that is to get its first one.
    package static func parse(
        _ yaml: String, path: String, mayLackStraps: Bool = false
    ) throws(ConfigurationError) -> Configuration {
        var root = try compose(yaml, path: path)
        let lacksStraps = mayLackStraps && root.mapping != nil && root["straps"].map { $0.null != nil } ?? true
        if lacksStraps { root["straps"] = .sequence(Node.Sequence([])) }
        if let unknown = KeyCheck.firstUnknownKey(in: root, of: Configuration.keyTree) {
            throw ConfigurationError(
                path: path, line: unknown.line,
                message: "unknown key `\(unknown.key)`. Did you mean `\(unknown.nearest)`?")
        }
        let configuration = try decode(root, path: path)
        if let mistake = ConfigurationRules.firstMistake(in: configuration, mayLackStraps: lacksStraps) {
            throw ConfigurationError(path: path, line: line(of: mistake.place, in: root), message: mistake.message)
        }
        return configuration
    }

    private static func decode(_ root: Node, path: String) throws(ConfigurationError) -> Configuration {
        do {
            return try YAMLDecoder().decode(Configuration.self, from: root)
        } catch let error as DecodingError {
            let (keys, message) = sentence(for: error)
            let place = keys.map { $0.intValue.map(ConfigurationRules.Step.item) ?? .key($0.stringValue) }
            throw ConfigurationError(path: path, line: line(of: place, in: root), message: message)
        } catch {
            throw ConfigurationError(path: path, line: nil, message: "\(error)")
        }
    }

    private static func compose(_ yaml: String, path: String) throws(ConfigurationError) -> Node {
        do {
            if let root = try Yams.compose(yaml: yaml) { return root }
        } catch let error as YamlError {
            throw ConfigurationError(path: path, line: line(of: error), message: "not YAML: \(firstLine(of: error))")
        } catch {
            throw ConfigurationError(path: path, line: nil, message: "not YAML: \(error)")
        }
        throw ConfigurationError(path: path, line: nil, message: "is empty: it needs at least `straps`")
    }

    private static func sentence(for error: DecodingError) -> (keys: [any CodingKey], message: String) {
        switch error {
        case .keyNotFound(let key, let context):
            return (context.codingPath, "\(place(of: context.codingPath)) needs a `\(key.stringValue)`")
        case .valueNotFound(_, let context):
            return (context.codingPath, "\(place(of: context.codingPath)) has no value")
        case .typeMismatch(let type, let context):
            return (context.codingPath, "\(place(of: context.codingPath)) must be \(noun(for: type))")
        case .dataCorrupted(let context):
            return (context.codingPath, "\(place(of: context.codingPath)): \(context.debugDescription)")
        @unknown default:
            return ([], "\(error)")
        }
    }

    private static func place(of keys: [any CodingKey]) -> String {
        guard let last = keys.last else { return "the file" }
        if let index = last.intValue { return "item \(index + 1) of `\(keys.dropLast().last?.stringValue ?? "")`" }
        return "`\(last.stringValue)`"
    }

    private static func noun(for type: Any.Type) -> String {
        switch type {
        case is Int.Type: "a whole number"
        case is Bool.Type: "true or false"
        case is Double.Type: "a number"
        case is String.Type: "text"
        case is any Collection.Type: "a list"
        default: "a section with keys of its own"
        }
    }

    /// The line on which the value at the end of `place` stands, or the last one on the way that exists.
    private static func line(of place: [ConfigurationRules.Step], in root: Node) -> Int? {
        var node = root
        for step in place {
            let next: Node? =
                switch step {
                case .key(let key): node[key]
                case .item(let index): node.sequence.flatMap { $0.indices.contains(index) ? $0[index] : nil }
                }
            guard let next else { break }
            node = next
        }
        return node.mark?.line
    }

    private static func line(of error: YamlError) -> Int? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }

    private static func firstLine(of error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, _, _), .parser(_, let problem, _, _), .composer(_, let problem, _, _): problem
        case .duplicatedKeysInMapping(let duplicates, _): "the key \(duplicates) stands there twice"
        default: "\(error)"
        }
    }
}

/// A mistake in the configuration file: where it is, what it is, and what to write instead.
package struct ConfigurationError: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let line: Int?
    package let message: String

    package var description: String {
        let place = line.map { "\(path):\($0)" } ?? path
        return "\(place): \(message)"
    }
}
