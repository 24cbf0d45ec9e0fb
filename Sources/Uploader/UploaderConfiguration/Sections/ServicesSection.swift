/// Where the services are, for all destinations that do not say otherwise.
package struct ServicesSection: ConfigurationSection {
    package struct Pulsoid: ConfigurationSection {
        package var address: String?
        /// At most this many requests in any second and for any token; 0 for a server of one's own without a limit.
        package var requestsPerSecond: Double?
        /// The program that Pulsoid knows, for `strapline login` and for tokens that are renewed.
        package var clientID: String?
        /// Where tokens are given out and renewed.
        package var oauthAddress: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case address
            case requestsPerSecond = "requests_per_second"
            case clientID = "client_id"
            case oauthAddress = "oauth_address"
        }
    }

    package struct Cardiogram: ConfigurationSection {
        package var address: String?

        enum CodingKeys: String, CodingKey, CaseIterable {
            case address
        }
    }

    package var pulsoid: Pulsoid?
    package var cardiogram: Cardiogram?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case pulsoid, cardiogram
    }

    static var sections: [CodingKeys: any ConfigurationSection.Type] {
        [.pulsoid: Pulsoid.self, .cardiogram: Cardiogram.self]
    }
}
