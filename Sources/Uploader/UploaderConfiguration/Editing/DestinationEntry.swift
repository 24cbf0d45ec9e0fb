import Destinations

/// A destination in a new strap's lines of the configuration.
package struct DestinationEntry {
    /// Where its token is.
    package enum Token: Equatable {
        case file(String)
        /// A credential of the systemd unit.
        case credential(String)
    }

    package let service: DestinationSection.Service
    /// Its name beside another destination of the service.
    package var name: String?
    /// The server, where it is another than the service's.
    package var address: String?
    /// The values of options, as `user_id`, in order.
    package var options: [(key: String, value: String)] = []
    /// Nil if the service needs none.
    package let token: Token?

    package init(
        service: DestinationSection.Service, name: String? = nil, address: String? = nil,
        options: [(key: String, value: String)] = [], token: Token?
    ) {
        self.service = service
        self.name = name
        self.address = address
        self.options = options
        self.token = token
    }

    /// The lines of YAML, the first one with the dash.
    package var lines: [String] {
        let place: String? =
            switch token {
            case .file(let path): "token_file: \(StrapEntry.quoted(path))"
            case .credential(let name): "token_credential: \(StrapEntry.quoted(name))"
            case nil: nil
            }
        let own = [("name", name), ("address", address)].compactMap { key, value in
            value.map { (key: key, value: $0) }
        }
        return ["- service: \(service.rawValue)"]
            + own.map { "  \($0.key): \(StrapEntry.quoted($0.value))" }
            + options.map { "  \($0.key): \(scalar($0.value, of: $0.key))" }
            + (place.map { ["  " + $0] } ?? [])
    }

    private func scalar(_ value: String, of key: String) -> String {
        let isNumber = service.kind.options.first { $0.key == key }?.isNumber ?? false
        return isNumber ? value : StrapEntry.quoted(value)
    }
}
