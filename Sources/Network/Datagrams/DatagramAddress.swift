/// The host and the port of a receiver of datagrams: `127.0.0.1:9000`, `[::1]:9000`, `pc.local`.
package struct DatagramAddress: Sendable, Hashable, CustomStringConvertible {
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let description: String
    }

    /// A name, an IPv4 address, or an IPv6 address without its brackets.
    package let host: String
    package let port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads an address. Without a port it has the standard one.
    package init(_ text: String, standardPort: UInt16) throws(Problem) {
        let (host, port) = try Self.split(text)
        guard !host.isEmpty else { throw Problem(description: "`\(text)` names no host") }
        guard host.utf8.allSatisfy({ (33...126).contains($0) && !"/[]@,;\"'".utf8.contains($0) }) else {
            throw Problem(description: "`\(text)` is not a host and a port, like 127.0.0.1:\(standardPort)")
        }
        self.host = String(host)
        guard let port else {
            self.port = standardPort
            return
        }
        guard port.utf8.allSatisfy({ (48...57).contains($0) }), let number = UInt16(port), number > 0 else {
            throw Problem(description: "`\(text)` has a port that is not a number from 1 to 65535")
        }
        self.port = number
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// A text with several colons and no brackets is an IPv6 address alone.
    private static func split(_ text: String) throws(Problem) -> (host: Substring, port: Substring?) {
        if text.first == "[" {
            guard let end = text.firstIndex(of: "]") else { throw Problem(description: "`\(text)` lacks a ]") }
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else {
                throw Problem(description: "`\(text)` has something else than a port after the ]")
            }
            return (text[text.index(after: text.startIndex)..<end], rest.isEmpty ? nil : rest.dropFirst())
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return (text[...], nil) }
        return (parts[0], parts[1])
    }
}
