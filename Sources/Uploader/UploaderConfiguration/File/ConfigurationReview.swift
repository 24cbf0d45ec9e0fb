import FoundationEssentials
import TextFormats
import Yams

/// Reads a configuration and collects every mistake in it.
///
/// The content is examined in steps: the form, the keys, the paths, the types, the rules. A value that fails in one
/// step is left out in the next ones, and what its surroundings then lack is no mistake of their own. A misspelt word
/// is taken for the one that is meant.
struct ConfigurationReview {
    typealias Mistake = ConfigurationError.Mistake
    typealias Step = ConfigurationRules.Step

    private let path: String
    private let home: String
    private var mistakes: [Mistake] = []
    /// The mappings and lists that a mistake has made incomplete, by their places in the file.
    private var incomplete: Set<Position> = []
    /// The sections whose kind a mistake hides.
    private var withoutKind: Set<Position> = []
    /// The keys of lists, and of sections, that a mistake has made incomplete.
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
        if content.sequence != nil {
            let message = "begins with a list: write `straps:` above it, and indent the list by two spaces"
            mistakes.append(Mistake(line: content.mark?.line, message: message))
            throw ConfigurationError(path: path, mistakes: mistakes)
        }
        let configuration = examined(content, mayLackStraps: mayLackStraps)
        if let alternative = yaml.alternative {
            var other = ConfigurationReview(path: path, home: home)
            _ = other.examined(alternative, mayLackStraps: mayLackStraps)
            mistakes += other.mistakes.filter { mistake in
                yaml.repeated.contains { $0.contains(mistake.line ?? 0) } && !mistakes.contains(mistake)
            }
        }
        guard let configuration, mistakes.isEmpty else {
            throw failure ?? ConfigurationError(path: path, line: nil, message: "cannot be understood")
        }
        return configuration
    }

    /// Collects the mistakes of the content; nil if it is no configuration at all.
    private mutating func examined(_ content: Node, mayLackStraps: Bool) -> Configuration? {
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
            where isOfItsOwn(mistake) {
                mistakes.append(Mistake(line: line(of: mistake.place), message: mistake.message))
            }
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
                    pairs.append((key, below(key, value, section)))
                    continue
                }
                mistakes.append(
                    Mistake(line: key.mark?.line, message: UnknownKey(name: name, section: section).message))
                // `Straps` is meant as `straps`, and its items are examined too.
                guard let meant = UnknownKey(name: name, section: section).meant, node[meant] == nil,
                    !pairs.contains(where: { $0.0.string == meant })
                else {
                    if let position = Position(node) { incomplete.insert(position) }
                    continue
                }
                let renamed = Node.scalar(Node.Scalar(meant, .implicit, .any, key.mark))
                pairs.append((renamed, below(renamed, value, section)))
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

    private mutating func below(_ key: Node, _ value: Node, _ section: KeyTree) -> Node {
        key.string.flatMap { section.section(at: $0) }.map { known(value, of: $0) } ?? value
    }

    // MARK: Types

    /// Nil if the file is no mapping at all.
    private mutating func decoded() -> Configuration? {
        for _ in 0..<Self.mostMistakes {
            do {
                return try YAMLDecoder().decode(Configuration.self, from: root)
            } catch let error as DecodingError {
                let keys = DecodingSentence.keys(of: error)
                var place = keys.map { $0.intValue.map(Step.item) ?? .key($0.stringValue) }
                let message = DecodingSentence.text(of: error, at: node(at: place[...]))
                var isExpected = false
                if case .keyNotFound(let key, _) = error {
                    isExpected = isIncomplete(place[...])
                    if !isExpected { mistakes.append(Mistake(line: line(of: place), message: message)) }
                    place.append(.key(key.stringValue))
                } else {
                    mistakes.append(Mistake(line: line(of: place), message: message))
                }
                guard repair(place) else { return nil }
            } catch {
                mistakes.append(Mistake(line: nil, message: "\(error)"))
                return nil
            }
        }
        return nil
    }

    /// Replaces or removes the value at the place, so that the others can be examined; whether that is possible.
    private mutating func repair(_ place: [Step]) -> Bool {
        guard root.mapping != nil, let last = place.last else { return false }
        let section = place.dropLast()
        guard case .key(let key) = last, let owner = node(at: section), owner.mapping != nil else {
            return leaveOut(place)
        }
        let value = node(at: place[...])
        let filler = RequiredKey(key, of: section)?.filler(insteadOf: value, at: (value ?? owner).mark)
        if filler?.isGuess ?? true, let position = Position(owner) {
            incomplete.insert(position)
            if filler?.isKind == true { withoutKind.insert(position) }
            shortened.insert(Self.list(of: section) ?? key)
        }
        root = Self.replacing(place[...], with: filler?.node, in: root)
        return true
    }

    /// Removes the item of a list that holds the place.
    private mutating func leaveOut(_ place: [Step]) -> Bool {
        guard let item = place.lastIndex(where: { if case .item = $0 { true } else { false } }) else { return false }
        if let position = Position(node(at: place[..<item])) { incomplete.insert(position) }
        if let list = Self.list(of: place[..<item]) { shortened.insert(list) }
        root = Self.replacing(place[...item], with: nil, in: root)
        return true
    }

    /// The key of the list, or of the section, that holds the place.
    private static func list(of place: ArraySlice<Step>) -> String? {
        place.reversed().lazy.compactMap { if case .key(let key) = $0 { key } else { nil } }.first
    }

    /// The node with another value at the place, or without one.
    private static func replacing(_ place: ArraySlice<Step>, with value: Node?, in node: Node) -> Node {
        guard let step = place.first else { return node }
        let rest = place.dropFirst()
        switch (step, node) {
        case (.key(let key), .mapping(let mapping)):
            var pairs = mapping.compactMap { pair -> (Node, Node)? in
                guard pair.key.string == key else { return (pair.key, pair.value) }
                let new = rest.isEmpty ? value : replacing(rest, with: value, in: pair.value)
                return new.map { (pair.key, $0) }
            }
            if rest.isEmpty, let value, mapping[.init(key)] == nil { pairs.append((.init(key), value)) }
            return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
        case (.item(let index), .sequence(let sequence)):
            var items = Array(sequence)
            guard items.indices.contains(index) else { return node }
            if !rest.isEmpty {
                items[index] = replacing(rest, with: value, in: items[index])
            } else if let value {
                items[index] = value
            } else {
                items.remove(at: index)
            }
            return .sequence(Node.Sequence(items, sequence.tag, sequence.style, sequence.mark))
        default:
            return node
        }
    }

    // MARK: Places

    /// Whether no other mistake explains this one.
    private func isOfItsOwn(_ mistake: ConfigurationRules.Mistake) -> Bool {
        if let part = mistake.presumedPart, shortened.contains(part) { return false }
        let twins = mistake.twins.map { Position(node(at: Self.item($0, besides: mistake.place))) }
        guard twins.isEmpty || !twins.allSatisfy({ $0.map(withoutKind.contains) ?? false }) else { return false }
        let nodes = [mistake.place.dropLast(), mistake.place[...]].compactMap { Position(node(at: $0)) }
        switch mistake.basis {
        case .values: return true
        case .kind: return !nodes.contains(where: withoutKind.contains)
        case .section: return !nodes.contains { incomplete.contains($0) || withoutKind.contains($0) }
        }
    }

    /// The place of another item of the list that holds the place.
    private static func item(_ index: Int, besides place: [Step]) -> ArraySlice<Step> {
        guard let last = place.lastIndex(where: { if case .item = $0 { true } else { false } }) else { return [] }
        return place[..<last] + [.item(index)]
    }

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
