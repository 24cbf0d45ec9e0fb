package import Destinations

/// A new output for a configuration file.
package struct OutputEntry: ConfigurationEntry {
    package static let list = "outputs"
    package static let noun = "output"

    package let kind: OutputSection.Kind
    /// Its name beside another output of the kind.
    package var name: String?
    /// Nil for all straps.
    package var strap: String?
    /// In order.
    package var options: [(key: String, value: OptionValues.Value)] = []

    package init(
        kind: OutputSection.Kind, name: String? = nil, strap: String? = nil,
        options: [(key: String, value: OptionValues.Value)] = []
    ) {
        self.kind = kind
        self.name = name
        self.strap = strap
        self.options = options
    }

    package var outputName: String { name ?? kind.rawValue }

    package func lines(indent: Int) -> [String] {
        let own = [("name", name), ("strap", strap)].compactMap { key, value in
            value.map { "\(key): \(StrapEntry.quoted($0))" }
        }
        let lines =
            ["- kind: \(kind.rawValue)"] + (own + options.map { "\($0.key): \(Self.yaml($0.value))" }).map { "  " + $0 }
        return lines.map { String(repeating: " ", count: indent) + $0 }
    }

    static func yaml(_ value: OptionValues.Value) -> String {
        switch value {
        case .text(let text): StrapEntry.quoted(text)
        case .integer(let number): "\(number)"
        case .number(let number): "\(number)"
        case .flag(let isOn): "\(isOn)"
        case .list(let items): "[\(items.map(StrapEntry.quoted).joined(separator: ", "))]"
        }
    }
}
