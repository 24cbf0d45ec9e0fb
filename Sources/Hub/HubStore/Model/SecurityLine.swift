import TextFormats

/// One line of the security log. Its form is a contract: programs such as fail2ban read it.
///
/// ```
/// security: refused peer=192.0.2.7 route=/api/v1/data secret=access_token reason=unknown
/// ```
///
/// `peer` and `route` come first, before any value that a client can choose. Values with spaces are quoted.
package struct SecurityLine: Sendable, Hashable {
    package let text: String

    package init(_ event: String, peer: String, route: String) {
        text = "security: \(event) peer=\(Self.value(peer)) route=\(Self.value(route))"
    }

    /// A line that a command wrote into the database.
    package init(written text: String) {
        self.text = text.printable(scalars: 2000)
    }

    private init(text: String) {
        self.text = text
    }

    package func adding(_ pairs: [(key: String, value: String)]) -> SecurityLine {
        SecurityLine(text: pairs.reduce(text) { "\($0) \($1.key)=\(Self.value($1.value))" })
    }

    private static func value(_ raw: String) -> String {
        let text = raw.printable().replacing("\"", with: "'")
        return text.isEmpty || text.contains(" ") || text.contains("=") ? "\"\(text)\"" : text
    }
}
