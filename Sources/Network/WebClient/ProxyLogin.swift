/// User and password for a proxy. Shows itself in no description, dump or log.
package struct ProxyLogin: Sendable, Hashable {
    let user: String
    let password: String

    /// Reads `user:password`, without a byte order mark and the line's end; nil when there is no colon, and for UTF-16.
    package init?(_ text: String) {
        let marked = text.split(whereSeparator: \.isNewline).first ?? ""
        let line = marked.first == "\u{FEFF}" ? marked.dropFirst() : marked
        guard !line.contains("\0") else { return nil }
        guard let colon = line.firstIndex(of: ":"), colon != line.startIndex else { return nil }
        user = String(line[..<colon])
        password = String(line[line.index(after: colon)...])
    }
}

extension ProxyLogin: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<login>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
