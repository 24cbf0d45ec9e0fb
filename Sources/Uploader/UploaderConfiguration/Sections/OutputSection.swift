package import Destinations
package import Outputs

/// An output: its kind, the strap that it shows, and how.
package struct OutputSection: ConfigurationSection {
    /// The value of `kind:`: the name of one of ``OutputKinds``.
    package struct Kind: ConfigurationChoice, Hashable, Sendable {
        package static let allCases = OutputKinds.all.map { Kind($0) }

        package let kind: any OutputKind

        private init(_ kind: any OutputKind) {
            self.kind = kind
        }

        package init?(rawValue: String) {
            guard let kind = OutputKinds.kind(named: rawValue) else { return nil }
            self.kind = kind
        }

        package var rawValue: String { kind.name }

        package static func == (left: Kind, right: Kind) -> Bool { left.rawValue == right.rawValue }
        package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
    }

    /// The word for all straps, if no strap has this name.
    static let allStraps = "all"

    package var kind: Kind
    package var name: String?
    package var strap: String?
    /// The values of the options that the kind has.
    package var options: OptionValues
    /// The keys that only other kinds have.
    var foreignKeys: [String]

    /// Names the output among all.
    package var outputName: String { name ?? kind.rawValue }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case kind, name, strap
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        kind = try container.decode(Kind.self, forKey: .kind)
        name = try container.decodeIfPresent(String.self, forKey: .name)
        strap = try container.decodeIfPresent(String.self, forKey: .strap)
        let own = kind.kind.options
        options = try OptionValues(from: decoder, own)
        let others = OutputKinds.options.filter { other in !own.contains { $0.key == other.key } }
        foreignKeys = try OptionValues.keys(in: decoder, of: others)
    }

    /// The strap that it shows; nil for all.
    func strapName(among straps: [StrapSection]) -> String? {
        strap == Self.allStraps && !straps.contains { $0.name == strap } ? nil : strap
    }

    static var keyTree: KeyTree {
        KeyTree(keys: CodingKeys.allCases.map(\.rawValue) + OutputKinds.options.map(\.key))
    }
}
