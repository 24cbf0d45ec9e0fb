/// A port at a loopback address, which only programs on this machine can reach.
package struct LoopbackAddress: Equatable, Sendable, CustomStringConvertible {
    package let host: String
    package private(set) var port: Int

    /// From `127.0.0.1:9464`, `localhost:9464` or `[::1]:9464`; port 0 takes a free one. nil for other texts.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        switch text[..<colon] {
        case "localhost": host = "127.0.0.1"
        case "[::1]": host = "::1"
        case let host:
            let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
            guard parts.count == 4, parts[0] == 127, !parts.contains(nil) else { return nil }
            self.host = String(host)
        }
        self.port = Int(port)
    }

    /// The same host, another port.
    func with(port: Int) -> LoopbackAddress {
        var address = self
        address.port = port
        return address
    }

    /// The host in the form of a URL or a `Host` header.
    var hostLiteral: String { host.contains(":") ? "[\(host)]" : host }

    package var description: String { "\(hostLiteral):\(port)" }
}
