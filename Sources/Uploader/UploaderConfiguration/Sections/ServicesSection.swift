package import Destinations

/// Where the services are, for all destinations without an address or an option of their own.
package struct ServicesSection: ConfigurationSection {
    /// The section of one service.
    package struct Service {
        package var address: String?
        /// The values of `DestinationKind.serviceOptions`.
        package var options: OptionValues
    }

    /// By the names of ``DestinationKinds``.
    private var services: [String: Service]

    package subscript(kind: any DestinationKind) -> Service? { services[kind.name] }

    /// The section of Pulsoid, which logins use too.
    package var pulsoid: Service? { self[DestinationKinds.pulsoid] }

    struct CodingKeys: CodingKey {
        static let address = CodingKeys("address")

        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) {
            stringValue = name
        }

        init?(stringValue: String) {
            self.init(stringValue)
        }

        init?(intValue: Int) {
            nil
        }
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        services = [:]
        for kind in DestinationKinds.all {
            let key = CodingKeys(kind.name)
            guard container.contains(key), try !container.decodeNil(forKey: key) else { continue }
            let section = try container.nestedContainer(keyedBy: CodingKeys.self, forKey: key)
            services[kind.name] = Service(
                address: try section.decodeIfPresent(String.self, forKey: .address),
                options: try OptionValues(from: container.superDecoder(forKey: key), kind.serviceOptions))
        }
    }

    static var keyTree: KeyTree {
        let kinds = DestinationKinds.all
        return KeyTree(
            keys: kinds.map(\.name),
            sections: Dictionary(
                uniqueKeysWithValues: kinds.map { kind in
                    let keys = [CodingKeys.address.stringValue] + kind.serviceOptions.map(\.key)
                    return (kind.name, { KeyTree(keys: keys) })
                }))
    }
}

extension ServicesSection.Service {
    /// The program that Pulsoid knows, for `strapline login` and for tokens that are renewed.
    package var clientID: String? { options.text(PulsoidOption.clientID) }
    /// Where tokens are issued and renewed.
    package var oauthAddress: String? { options.text(PulsoidOption.oauthAddress) }
}
