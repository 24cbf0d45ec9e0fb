/// An answer, whole.
package struct WebResponse: Sendable {
    package let status: Int
    package let body: [UInt8]
    /// The lines of the head. They are parsed on demand, because the status is enough for most answers.
    private let head: [UInt8]

    init(status: Int, head: [UInt8], body: [UInt8]) {
        self.status = status
        self.head = head
        self.body = body
    }

    /// An answer that came another way: to the request for a WebSocket.
    package init(status: Int, headers: [(String, String)] = [], body: [UInt8]) {
        let head = headers.map { "\($0): \($1)\r\n" }.joined()
        self.init(status: status, head: Array(head.utf8), body: body)
    }

    /// The first header of this name, in any case of letters, without the white space around it.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        for line in head.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
                String(decoding: line[..<colon], as: UTF8.self).lowercased() == wanted
            else { continue }
            return String(decoding: line[(colon + 1)...].trimmed, as: UTF8.self)
        }
        return nil
    }

    /// The body as text; bytes that are not UTF-8 are replaced.
    package var text: String { String(decoding: body, as: UTF8.self) }

    /// Whether this is a page for people. No service answers its API with one: it comes from a captive portal, a proxy,
    /// or a web server in its place.
    package var isPage: Bool {
        if body.isEmpty { return false }
        return header("Content-Type")?.lowercased().hasPrefix("text/html") == true || startsLikePage
    }

    /// Whether the body itself is a page. Some servers name every text HTML.
    package var startsLikePage: Bool {
        let start = String(decoding: body.prefix(256), as: UTF8.self).drop(while: \.isWhitespace).lowercased()
        return start.hasPrefix("<!doctype") || start.hasPrefix("<html")
    }
}

extension ArraySlice<UInt8> {
    /// Without the white space at both ends (RFC 9110, section 5.6.3).
    fileprivate var trimmed: ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 13 }
        let start = drop(while: isSpace)
        return start.lastIndex { !isSpace($0) }.map { start[...$0] } ?? []
    }
}
