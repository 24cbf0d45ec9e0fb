import TextFormats

/// One line of the security log: words that do not change, so that a program can read them.
///
/// ```
/// security: refused peer=192.0.2.7 route=/api/v1/data secret=access_token reason=unknown
/// ```
///
/// `peer` and `route` come first, before anything that somebody can choose. Values with spaces are in quotation marks.
package struct SecurityLine: Sendable, Hashable {
    package let text: String

    package init(_ event: String, peer: String, route: String) {
        text = "security: \(event) peer=\(Self.value(peer)) route=\(Self.value(route))"
    }

    /// Written elsewhere: by a command, into the database.
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
