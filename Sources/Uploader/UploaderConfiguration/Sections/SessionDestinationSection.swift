package import Destinations
package import SessionUploads

/// A place that finished sessions are uploaded to.
package struct SessionDestinationSection: ConfigurationSection {
    /// The value of `service:`: the name of one of ``SessionDestinationKinds``.
    package struct Kind: ConfigurationChoice, Hashable, Sendable {
        package static let allCases = SessionDestinationKinds.all.map { Kind($0) }

        package let kind: any SessionDestinationKind

        private init(_ kind: any SessionDestinationKind) {
            self.kind = kind
        }

        package init?(rawValue: String) {
            guard let kind = SessionDestinationKinds.kind(named: rawValue) else { return nil }
            self.kind = kind
        }

        package var rawValue: String { kind.name }

        package static func == (left: Kind, right: Kind) -> Bool { left.rawValue == right.rawValue }
        package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
    }

    package var kind: Kind
    package var name: String?
    package var strap: String?
    var address: String?
    var tokenFile: String?
    var tokenEnvironment: String?
    var tokenCredential: String?
    /// The values of the options that the kind has.
    package var options: OptionValues
    /// The keys that only other kinds have.
    var foreignKeys: [String]

    /// Names it among all.
    package var destinationName: String { name ?? kind.rawValue }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, strap, address
        case kind = "service"
        case tokenFile = "token_file"
        case tokenEnvironment = "token_environment"
        case tokenCredential = "token_credential"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kind = try container.decode(Kind.self, forKey: .kind)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        strap = try container.decodeIfPresent(String.self, forKey: .strap)
        address = try container.decodeIfPresent(String.self, forKey: .address)
        tokenFile = try container.decodeIfPresent(String.self, forKey: .tokenFile)
        tokenEnvironment = try container.decodeIfPresent(String.self, forKey: .tokenEnvironment)
        tokenCredential = try container.decodeIfPresent(String.self, forKey: .tokenCredential)
        let own = kind.kind.options
        options = try OptionValues(from: decoder, own)
        let others = SessionDestinationKinds.options.filter { other in !own.contains { $0.key == other.key } }
        foreignKeys = try OptionValues.keys(in: decoder, of: others)
    }

    /// The strap whose sessions are uploaded; nil for all.
    func strapName(among straps: [StrapSection]) -> String? {
        strap == OutputSection.allStraps && !straps.contains { $0.name == strap } ? nil : strap
    }

    static var keyTree: KeyTree {
        KeyTree(keys: CodingKeys.allCases.map(\.rawValue) + SessionDestinationKinds.options.map(\.key))
    }
}
