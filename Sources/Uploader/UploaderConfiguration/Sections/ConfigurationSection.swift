/// A mapping of the configuration file. It knows its keys, so that a misspelt one is an error and not a silent default.
protocol ConfigurationSection: Decodable {
    associatedtype CodingKeys: CodingKey, CaseIterable, Hashable, RawRepresentable<String>

    /// The sections that stand below a key, as its value or as the items of its value.
    static var sections: [CodingKeys: any ConfigurationSection.Type] { get }
}

extension ConfigurationSection {
    static var sections: [CodingKeys: any ConfigurationSection.Type] { [:] }

    static var keys: [String] { CodingKeys.allCases.map(\.rawValue) }

    static func section(at key: String) -> (any ConfigurationSection.Type)? {
        CodingKeys(rawValue: key).flatMap { sections[$0] }
    }
}

/// A value of the configuration file that is one of a few words. Any other word is answered with the list.
package protocol ConfigurationChoice: Decodable, CaseIterable, RawRepresentable<String> {}

extension ConfigurationChoice {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let word = try container.decode(String.self)
        guard let choice = Self(rawValue: word) else {
            let words = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "`\(word)` is not one of: \(words)")
        }
        self = choice
    }
}
