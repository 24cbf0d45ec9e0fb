package import Destinations

/// A new place for sessions in a configuration file.
package struct SessionDestinationEntry: ConfigurationEntry {
    package static let list = "sessions"
    package static let noun = "place for sessions"

    package let kind: SessionDestinationSection.Kind
    /// Its name beside another place of the kind.
    package var name: String?
    /// Nil for all straps.
    package var strap: String?
    package var address: String?
    /// In order.
    package var options: [(key: String, value: OptionValues.Value)] = []
    package var token: DestinationEntry.Token?

    package init(kind: SessionDestinationSection.Kind) {
        self.kind = kind
    }

    package var destinationName: String { name ?? kind.rawValue }

    package func lines(indent: Int) -> [String] {
        let own = [("name", name), ("strap", strap), ("address", address)].compactMap { key, value in
            value.map { "\(key): \(StrapEntry.quoted($0))" }
        }
        let place: String? =
            switch token {
            case .file(let path): "token_file: \(StrapEntry.quoted(path))"
            case .credential(let name): "token_credential: \(StrapEntry.quoted(name))"
            case nil: nil
            }
        let lines = own + options.map { "\($0.key): \(OutputEntry.yaml($0.value))" } + [place].compactMap(\.self)
        return (["- service: \(kind.rawValue)"] + lines.map { "  " + $0 }).map {
            String(repeating: " ", count: indent) + $0
        }
    }
}
