/// A value of the configuration file that is one of a few words. Any other word is answered with the list.
protocol ConfigurationChoice: Decodable, CaseIterable, RawRepresentable<String> {}

extension ConfigurationChoice {
    init(from decoder: any Decoder) throws {
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
