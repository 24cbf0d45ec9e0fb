/// Whether other programs may look at the uploader over HTTP.
struct MetricsSection: ConfigurationSection {
    /// Where it listens, on this machine alone: `127.0.0.1:9464`.
    var address: String
    /// A file with the token that every request must bring; without one, only programs on this machine are answered.
    var tokenFile: String?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case address
        case tokenFile = "token_file"
    }
}
