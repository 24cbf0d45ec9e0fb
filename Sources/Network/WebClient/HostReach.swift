/// How far a request to a host goes before it arrives.
package enum HostReach: Sendable, Hashable {
    case thisMachine
    case localNetwork
    case beyond

    /// Judges by the name or the IP address alone.
    package init(_ host: String) {
        let name = host.lowercased()
        if let bytes = IPAddressBytes(name) {
            self = Self.reach(of: bytes)
            return
        }
        let labels = name.split(separator: ".")
        if labels.last == "localhost" {
            self = .thisMachine
            return
        }
        let isLocalName = labels.count == 1 || ["local", "lan", "home", "internal", "box"].contains(labels.last)
        self = isLocalName || name.hasSuffix(".home.arpa") ? .localNetwork : .beyond
    }

    private static func reach(of address: IPAddressBytes) -> HostReach {
        switch address {
        case .v4(let bytes):
            switch (bytes[0], bytes[1]) {
            case (127, _), (0, _): .thisMachine
            case (10, _), (172, 16...31), (192, 168), (169, 254), (100, 64...127): .localNetwork
            default: .beyond
            }
        case .v6(let bytes):
            switch (bytes[0], bytes[1]) {
            case _ where bytes.dropLast().allSatisfy { $0 == 0 }: .thisMachine
            case (0, 0) where bytes[..<10].allSatisfy { $0 == 0 } && bytes[10...11].allSatisfy { $0 == 0xFF }:
                reach(of: .v4(Array(bytes[12...])))
            // Unique local and link-local addresses.
            case (0xFC...0xFD, _), (0xFE, 0x80...0xBF): .localNetwork
            default: .beyond
            }
        }
    }
}
