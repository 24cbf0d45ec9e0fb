/// A destination in a new strap's lines of the configuration.
struct DestinationEntry: Equatable {
    /// Where its token is.
    enum Token: Equatable {
        case file(String)
        /// A credential of the systemd unit.
        case credential(String)
    }

    let service: DestinationSection.Service
    /// The server, where it is another than the service's.
    var address: String?
    /// The user at Cardiogram.
    var userID: String?
    let token: Token

    /// The lines of YAML, the first one with the dash.
    var lines: [String] {
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
