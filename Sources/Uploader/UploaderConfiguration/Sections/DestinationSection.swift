package import Destinations

/// A destination of a strap: a service, the user there, and how readings are sent.
package struct DestinationSection: ConfigurationSection {
    /// The value of `service:`: the name of one of ``DestinationKinds``.
    package struct Service: ConfigurationChoice, Hashable, Sendable {
        package static let pulsoid = Service(DestinationKinds.pulsoid)
        package static let allCases = DestinationKinds.all.map { Service($0) }

        package let kind: any DestinationKind

        private init(_ kind: any DestinationKind) {
            self.kind = kind
        }

        package init?(rawValue: String) {
            guard let kind = DestinationKinds.kind(named: rawValue) else { return nil }
            self.kind = kind
        }

        package var rawValue: String { kind.name }

        package static func == (left: Service, right: Service) -> Bool { left.rawValue == right.rawValue }
        package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
    }

    /// Which waiting readings go first. See `BacklogPolicy`.
    enum Order: String, ConfigurationChoice {
        case inOrder = "in-order"
        case newestFirst = "newest-first"
    }

    package var service: Service
    /// Names the destination's cursor in the outbox; the service's name by default.
    package var name: String?
    /// The address of this destination's server, instead of the service's.
    package var address: String?
    package var tokenFile: String?
    var tokenEnvironment: String?
    package var tokenCredential: String?
    var order: Order?
    /// Older readings are skipped when their turn comes.
    var maximumAgeSeconds: Int?
    /// The values of the options that only some services have.
    package var options: OptionValues

    /// The name of the destination among those of its strap.
    package var laneName: String { name ?? service.rawValue }

    /// Whether it goes to a hub, by an address of its own.
    package var isHub: Bool { service == .pulsoid && address != nil && address != service.kind.standardAddress }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case service, name, address, order
        case tokenFile = "token_file"
        case tokenEnvironment = "token_environment"
        case tokenCredential = "token_credential"
        case maximumAgeSeconds = "max_age_seconds"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        service = try container.decode(Service.self, forKey: .service)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        address = try container.decodeIfPresent(String.self, forKey: .address)
        tokenFile = try container.decodeIfPresent(String.self, forKey: .tokenFile)
        tokenEnvironment = try container.decodeIfPresent(String.self, forKey: .tokenEnvironment)
        tokenCredential = try container.decodeIfPresent(String.self, forKey: .tokenCredential)
        order = try container.decodeIfPresent(Order.self, forKey: .order)
        maximumAgeSeconds = try container.decodeIfPresent(Int.self, forKey: .maximumAgeSeconds)
        options = try OptionValues(from: decoder, DestinationKinds.options)
    }

    static var keyTree: KeyTree {
        KeyTree(keys: CodingKeys.allCases.map(\.rawValue) + DestinationKinds.options.map(\.key))
    }
}
