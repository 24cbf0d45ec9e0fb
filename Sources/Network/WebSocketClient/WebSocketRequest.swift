/// Which stream to open.
package struct WebSocketRequest: Sendable {
    /// A name, an IPv4 address, or an IPv6 address without brackets.
    package var host: String
    package var port: Int
    /// Whether the stream is wrapped in TLS: `wss` or `ws`.
    package var isSecure: Bool
    /// Path and query, beginning with a slash.
    package var target: String
    /// Added to those that every upgrade has.
    package var headers: [(name: String, value: String)]
    /// Certificates in PEM that are trusted beside those of the system.
    package var certificates: [UInt8]

    package init(
        host: String, port: Int, isSecure: Bool, target: String, headers: [(name: String, value: String)] = [],
        certificates: [UInt8] = []
    ) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.target = target
        self.headers = headers
        self.certificates = certificates
    }

    /// Scheme, host and port for people: without the query, which may hold a token.
    var server: String { "\(isSecure ? "wss" : "ws")://\(hostHeader)" }

    var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }
}
