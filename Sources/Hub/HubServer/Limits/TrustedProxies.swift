import HTTPTypes

/// The proxies whose `X-Forwarded-For` the hub believes: `--trusted-proxy`.
///
/// A proxy appends the address of its own client. Earlier entries may come from a stranger. So the list is read from
/// its end, as long as the addresses are trusted proxies.
package struct TrustedProxies: Sendable, Hashable {
    /// One address, or a range such as `10.0.0.0/8` or `2001:db8::/32`.
    package struct Range: Sendable, Hashable {
        private let address: PeerAddress
        private let prefix: Int

        /// Nil if the text is neither an address nor a range.
        package init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            // Without a port, and IPv4 not mapped into IPv6.
            guard (1...2).contains(parts.count), let address = PeerAddress(parts[0]), !parts[0].contains("["),
                parts[0].contains(":") != address.isIPv4
            else { return nil }
            let width = address.isIPv4 ? 32 : 128
            guard let prefix = parts.count == 1 ? width : Int(parts[1]), (0...width).contains(prefix) else {
                return nil
            }
            self.address = address
            self.prefix = prefix
        }

        fileprivate func contains(_ address: PeerAddress) -> Bool {
            address.shares(prefix: prefix, with: self.address)
        }
    }

    /// No proxy is trusted: the client is the other end of the connection.
    package static let none = TrustedProxies([])

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")
    private static let forwarded = HTTPField.Name("Forwarded")

    private let ranges: [Range]

    package init(_ ranges: [Range]) {
        self.ranges = ranges
    }

    /// Whether connections from this address carry requests of other clients.
    func trusts(_ address: PeerAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }

    /// The client of a request: the other end of the connection, or the address that a trusted proxy reports.
    func client(peer: PeerAddress, fields: HTTPFields) -> PeerAddress {
        guard trusts(peer) else { return peer }
        var client = peer
        for address in Self.forwardedAddresses(fields) {
            // The previous proxy reports an unknown address: the last known one counts.
            guard let address else { return client }
            client = address
            if !trusts(client) { return client }
        }
        return client
    }

    /// The nearest first; nil for anything that is not an address. `Forwarded` (RFC 7239) counts only if the older
    /// header is missing: a proxy that knows one of them forwards the other unchanged.
    private static func forwardedAddresses(_ fields: HTTPFields) -> [PeerAddress?] {
        if let name = forwardedFor, let list = fields[name] {
            return list.split(separator: ",", omittingEmptySubsequences: false).reversed().map {
                PeerAddress($0.trimmed)
            }
        }
        guard let name = forwarded, let list = fields[name] else { return [] }
        return list.split(separator: ",", omittingEmptySubsequences: false).reversed().map { element in
            let pairs = element.split(separator: ";").map(\.trimmed)
            guard let pair = pairs.first(where: { $0.lowercased().hasPrefix("for=") }) else { return nil }
            return PeerAddress(pair.dropFirst("for=".count).filter { $0 != "\"" })
        }
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }
}
