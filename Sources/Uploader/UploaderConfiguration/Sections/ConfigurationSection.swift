/// A mapping of the configuration file. It knows its keys, so that a misspelt one is an error and not a silent default.
protocol ConfigurationSection: Decodable {
    static var keyTree: KeyTree { get }
}

/// The keys of a section, and of the sections below it.
struct KeyTree {
    let keys: [String]
    /// The sections below a key, as its value or as the items of its value. Made on demand.
    private let sections: [String: () -> KeyTree]

    init(keys: [String], sections: [String: () -> KeyTree] = [:]) {
        self.keys = keys
        self.sections = sections
    }

    func section(at key: String) -> KeyTree? { sections[key]?() }

    /// The key that `name` is, apart from capital letters, hyphens and underscores: `tokenFile` is `token_file`.
    func key(like name: String) -> String? {
        func letters(_ text: String) -> String { text.lowercased().filter { !"_- ".contains($0) } }
        return keys.first { letters($0) == letters(name) }
    }

    /// The sections that have this key, here or below, by the keys that lead to them.
    func owners(of key: String) -> [String] {
        keys.flatMap { name -> [String] in
            guard let section = section(at: name) else { return [] }
            return (section.keys.contains(key) ? [name] : []) + section.owners(of: key)
        }
    }
}

/// A section whose keys are all known to the compiler.
protocol FixedConfigurationSection: ConfigurationSection {
    associatedtype CodingKeys: CodingKey, CaseIterable, Hashable, RawRepresentable<String>

    /// The sections below a key.
    static var sections: [CodingKeys: any ConfigurationSection.Type] { get }
}

extension FixedConfigurationSection {
    static var sections: [CodingKeys: any ConfigurationSection.Type] { [:] }

    static var keyTree: KeyTree {
        KeyTree(
            keys: CodingKeys.allCases.map(\.rawValue),
            sections: Dictionary(
                uniqueKeysWithValues: sections.map { key, section in (key.rawValue, { section.keyTree }) }))
    }
}

/// A value of the configuration file that is one of a few words. Any other word is answered with the list.
package protocol ConfigurationChoice: Decodable, CaseIterable, RawRepresentable<String> {}

extension ConfigurationChoice {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let word = try container.decode(String.self)
        // Services write their names with a capital letter, and some keyboards a word's first letter.
        guard let choice = Self(rawValue: word) ?? Self(rawValue: word.lowercased()) else {
            let words = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "`\(word)` is not one of: \(words)")
        }
        self = choice
    }
}
