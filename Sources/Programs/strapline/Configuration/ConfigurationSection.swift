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
