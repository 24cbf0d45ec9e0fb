import HTTPTypes

/// What is known of a request beside what it says.
struct RequestContext: Sendable {
    /// The other end of the connection.
    var peer = PeerAddress.unknown
    /// The client that made the request: ``peer``, or the one that a trusted proxy names.
    var client = PeerAddress.unknown
    var openConnections = 0
    var isOverloaded = false

    /// Whether a program on this machine asks, and for itself.
    ///
    /// Not what a proxy on this machine has passed on, which tells so in a header or keeps the `Host` of outside. And not a
    /// browser for a page from elsewhere: that has an `Origin`, or, with a name of its own that leads here (DNS rebinding), a
    /// foreign `Host`.
    func isFromThisMachine(_ fields: HTTPFields, authority: String?) -> Bool {
        let isPassedOn = Self.proxyFields.contains { fields[$0] != nil } || fields[.origin] != nil
        return !isPassedOn && peer.isLoopback && Self.isLoopbackHost(authority ?? "")
    }

    private static let proxyFields: [HTTPField.Name] = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"]
        .compactMap { HTTPField.Name($0) }

    /// `localhost`, `127.0.0.1` or `[::1]`, with a port or without.
    private static func isLoopbackHost(_ authority: String) -> Bool {
        ["localhost", "127.0.0.1", "[::1]"].contains { authority == $0 || authority.hasPrefix($0 + ":") }
    }
}
