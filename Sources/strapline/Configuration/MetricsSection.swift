/// Whether other programs may look at the uploader over HTTP.
struct MetricsSection: ConfigurationSection {
    /// Where it listens, on this machine alone: `127.0.0.1:9464`.
    var address: String

    enum CodingKeys: String, CodingKey, CaseIterable {
        case address
    }
}
