struct LogSection: ConfigurationSection {
    enum Level: String, ConfigurationChoice {
        case debug, info, warning, error
    }

    var level: Level?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case level
    }
}
