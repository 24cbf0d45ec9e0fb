/// Where the services are, for all destinations that do not say otherwise.
struct ServicesSection: ConfigurationSection {
    struct Pulsoid: ConfigurationSection {
        var address: String?
        /// At most this many requests in any second and for any token; 0 for a server of one's own without a limit.
        var requestsPerSecond: Double?
        /// The program that Pulsoid knows, for `strapline login` and for tokens that are renewed.
        var clientID: String?
        /// Where tokens are given out and renewed.
        var oauthAddress: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case address
            case requestsPerSecond = "requests_per_second"
            case clientID = "client_id"
            case oauthAddress = "oauth_address"
        }
    }

    struct Cardiogram: ConfigurationSection {
        var address: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case address
        }
    }

    var pulsoid: Pulsoid?
    var cardiogram: Cardiogram?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case pulsoid, cardiogram
    }

    static var sections: [CodingKeys: any ConfigurationSection.Type] {
        [.pulsoid: Pulsoid.self, .cardiogram: Cardiogram.self]
    }
}
