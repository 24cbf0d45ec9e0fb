import FoundationEssentials
import TextFormats
import Yams

/// Reads a configuration and collects every mistake in it.
///
/// The content is examined in steps: the form, the keys, the paths, the types, the rules. A part that fails in one step
/// is left out in the next ones, and what its surroundings then lack is no mistake of their own.
struct ConfigurationReview {
    typealias Mistake = ConfigurationError.Mistake
    typealias Step = ConfigurationRules.Step

    private let path: String
    private let home: String
    private var mistakes: [Mistake] = []
    /// The mappings that a mistake has made incomplete, by their places in the file.
    private var incomplete: Set<Position> = []
    /// The lists at the top of the file that a mistake has cost an item.
    private var shortened: Set<String> = []
    private var root: Node = ""

    private struct Position: Hashable {
        let line: Int
        let column: Int

        init?(_ node: Node?) {
            guard let mark = node?.mark else { return nil }
            line = mark.line
            column = mark.column
        }
    }

    /// So many mistakes of type are collected at most.
    private static let mostMistakes = 100

    init(path: String, home: String) {
        self.path = path
        self.home = home
    }

    /// With `mayLackStraps` of a file that is to get its first one.
    mutating func configuration(
        in text: String, mayLackStraps: Bool
    ) throws(ConfigurationError) -> Configuration {
        let yaml = YAMLText(text)
        mistakes = yaml.mistakes
        guard let content = yaml.root else {
            throw failure
                ?? ConfigurationError(
                    path: path, line: nil, message: "is empty: it needs at least `straps`")
        }
        root = content
        let lacksStraps =
            mayLackStraps && root.mapping != nil && root["straps"].map { $0.null != nil } ?? true
        if lacksStraps { root["straps"] = .sequence(Node.Sequence([])) }
        root = known(root, of: Configuration.keyTree)
        root = HomePaths(home: home, isOfService: path.hasPrefix("/etc/")).resolved(root) {
            mistakes.append($0)
        }
        let configuration = decoded()
        if let configuration {
            for mistake in ConfigurationRules.mistakes(in: configuration, mayLackStraps: lacksStraps)
            where !isIncomplete(mistake.place.dropLast()) && !(mistake.presumedList.map(shortened.contains) ?? false) {
                mistakes.append(Mistake(line: line(of: mistake.place), message: mistake.message))
            }
        }
        guard let configuration, mistakes.isEmpty else {
            throw failure ?? ConfigurationError(path: path, line: nil, message: "cannot be understood")
        }
        return configuration
    }

    private var failure: ConfigurationError? {
        guard !mistakes.isEmpty else { return nil }
        let inOrder = mistakes.enumerated().sorted {
            ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset)
        }
        return ConfigurationError(path: path, mistakes: inOrder.map(\.element))
    }

    // MARK: Keys

    /// The node without the keys that nothing reads.
    private mutating func known(_ node: Node, of section: KeyTree) -> Node {
        switch node {
        case .mapping(let mapping):
            var pairs: [(Node, Node)] = []
            for (key, value) in mapping {
                guard let name = key.string, !section.keys.contains(name) else {
                    let below = key.string.flatMap { section.section(at: $0) }
                    pairs.append((key, below.map { known(value, of: $0) } ?? value))
                    continue
                }
                mistakes.append(
                    Mistake(line: key.mark?.line, message: UnknownKey(name: name, section: section).message))
                if let position = Position(node) { incomplete.insert(position) }
            }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
        case .sequence(let sequence):
            // A list in a list holds no section: the decoder says so. Anchors can make it a very large one.
            let items = sequence.map { item in item.mapping == nil ? item : known(item, of: section) }
            return .sequence(Node.Sequence(items, sequence.tag, sequence.style, sequence.mark))
        case .scalar, .alias:
            return node
        }
    }

    // MARK: Types

    /// Nil if the file is no mapping at all.
    private mutating func decoded() -> Configuration? {
        for _ in 0..<Self.mostMistakes {
            do {
                return try YAMLDecoder().decode(Configuration.self, from: root)
            } catch let error as DecodingError {
                let (keys, message) = DecodingSentence.of(error)
                let place = keys.map { $0.intValue.map(Step.item) ?? .key($0.stringValue) }
                var isExpected = false
                if case .keyNotFound = error { isExpected = isIncomplete(place[...]) }
                if !isExpected { mistakes.append(Mistake(line: line(of: place), message: message)) }
                guard leaveOut(place) else { return nil }
            } catch {
                mistakes.append(Mistake(line: nil, message: "\(error)"))
                return nil
            }
        }
        return nil
    }

    /// Removes the item of a list, or the section, that holds the place; whether there was one.
    private mutating func leaveOut(_ place: [Step]) -> Bool {
        guard root.mapping != nil else { return false }
        let item = place.lastIndex { if case .item = $0 { true } else { false } }
        let remaining = item.map { place[...$0] } ?? place.prefix(1)
        let holder = remaining.dropLast(item == nil ? 1 : 2)
        if let position = Position(node(at: holder)) { incomplete.insert(position) }
        if remaining.count <= 2, case .key(let list) = remaining.first { shortened.insert(list) }
        switch remaining.first {
        case .key("straps") where item == nil, nil: root["straps"] = .sequence(Node.Sequence([]))
        default: root = Self.removing(remaining, from: root)
        }
        return true
    }

    private static func removing(_ place: ArraySlice<Step>, from node: Node) -> Node {
        guard let step = place.first else { return node }
        let rest = place.dropFirst()
        switch (step, node) {
        case (.key(let key), .mapping(let mapping)):
            let pairs = mapping.compactMap { pair -> (Node, Node)? in
                guard pair.key.string == key else { return (pair.key, pair.value) }
                return rest.isEmpty ? nil : (pair.key, removing(rest, from: pair.value))
            }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
        case (.item(let index), .sequence(let sequence)):
            var items = Array(sequence)
            guard items.indices.contains(index) else { return node }
            if rest.isEmpty {
                items.remove(at: index)
            } else {
                items[index] = removing(rest, from: items[index])
            }
            return .sequence(Node.Sequence(items, sequence.tag, sequence.style, sequence.mark))
        default:
            return node
        }
    }

    // MARK: Places

    private func isIncomplete(_ place: ArraySlice<Step>) -> Bool {
        Position(node(at: place)).map(incomplete.contains) ?? false
    }

    private func node(at place: ArraySlice<Step>) -> Node? {
        var node = root
        for step in place {
            guard let next = Self.child(step, of: node) else { return nil }
            node = next
        }
        return node
    }

    /// The line on which the value at the end of `place` stands, or the last one on the way that exists.
    private func line(of place: [Step]) -> Int? {
        var node = root
        for step in place {
            guard let next = Self.child(step, of: node) else { break }
            node = next
        }
        return node.mark?.line
    }

    private static func child(_ step: Step, of node: Node) -> Node? {
        switch step {
        case .key(let key): node[key]
        case .item(let index): node.sequence.flatMap { $0.indices.contains(index) ? $0[index] : nil }
        }
    }
}
