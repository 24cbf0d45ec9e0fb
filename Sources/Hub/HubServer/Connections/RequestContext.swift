import HummingbirdCore

/// The circumstances of a request, beside its own text.
struct RequestContext: Sendable {
    /// The other end of the connection.
    var peer = PeerAddress.unknown
    /// The client of the request: ``peer``, or the one that a trusted proxy names.
    var client = PeerAddress.unknown
    var openConnections = 0
    /// The place of the connection; nil if there is none.
    var place: ConnectionPlace?
    /// There is no place for the connection.
    var isOverloaded = false

    /// For the security log.
    func origin(route: String) -> SecurityOrigin { SecurityOrigin(client: client, route: route) }
}

/// A request of a call that needs no token.
struct OpenRequest: Sendable {
    let request: Request
    let target: RequestTarget
    let context: RequestContext
    let route: String
}
