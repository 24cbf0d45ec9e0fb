struct ClockSection: ConfigurationSection {
    /// How long uploads wait after the start for the system clock to be synchronised.
    var waitSeconds: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case waitSeconds = "wait_seconds"
    }
}
