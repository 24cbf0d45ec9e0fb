/// A destination in a new strap's lines of the configuration.
package struct DestinationEntry: Equatable {
    /// Where its token is.
    package enum Token: Equatable {
        case file(String)
        /// A credential of the systemd unit.
        case credential(String)
    }

    package let service: DestinationSection.Service
    /// The server, where it is another than the service's.
    package var address: String?
    /// The user at Cardiogram.
    package var userID: String?
    package let token: Token

    package init(service: DestinationSection.Service, address: String? = nil, userID: String? = nil, token: Token) {
        self.service = service
        self.address = address
        self.userID = userID
        self.token = token
    }

    /// The lines of YAML, the first one with the dash.
    package var lines: [String] {
        let place =
            switch token {
            case .file(let path): "token_file: \(StrapEntry.quoted(path))"
            case .credential(let name): "token_credential: \(StrapEntry.quoted(name))"
            }
        return ["- service: \(service.rawValue)"]
            + [address.map { "address: \(StrapEntry.quoted($0))" }, userID.map { "user_id: \(StrapEntry.quoted($0))" }]
            .compactMap { $0.map { "  " + $0 } } + ["  " + place]
    }
}
