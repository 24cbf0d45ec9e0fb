import Yams

/// Holds the keys of a configuration file against the keys that its sections know.
enum KeyCheck {
    struct UnknownKey: Equatable {
        let key: String
        let line: Int?
        /// The known key that is spelt most alike.
        let nearest: String
    }

    /// The first key, from the top of the file, that nothing reads.
    static func firstUnknownKey(in node: Node, of section: KeyTree) -> UnknownKey? {
        switch node {
        case .mapping(let mapping):
            for (key, value) in mapping {
                guard let name = key.string else { continue }
                guard section.keys.contains(name) else {
                    return UnknownKey(
                        key: name, line: key.mark?.line, nearest: nearest(to: name, among: section.keys))
                }
                if let below = section.section(at: name), let unknown = firstUnknownKey(in: value, of: below) {
                    return unknown
                }
            }
            return nil
        case .sequence(let sequence):
            // A list in a list holds no section: the decoder says so. Anchors can make it a very large one.
            for case .mapping(let mapping) in sequence {
                if let unknown = firstUnknownKey(in: .mapping(mapping), of: section) { return unknown }
            }
            return nil
        case .scalar, .alias:
            return nil
        }
    }

    static func nearest(to key: String, among keys: [String]) -> String {
        keys.min { distance(key, $0) < distance(key, $1) } ?? ""
    }

    /// How many letters have to be added, removed or replaced to make one word the other (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
