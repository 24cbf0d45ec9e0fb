/// The file in which readings wait until every destination has them.
struct OutboxSection: ConfigurationSection {
    enum Durability: String, ConfigurationChoice {
        case powerLoss = "power-loss"
        case processCrash = "process-crash"
    }

    var path: String?
    var durability: Durability?
    /// How long delivered readings are kept.
    var retentionDays: Double?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case path, durability
        case retentionDays = "retention_days"
    }
}
