/// What plain `http://` means at an address.
extension ServiceAddress {
    /// How far a request goes before it arrives.
    enum Reach: Sendable, Hashable {
        case thisMachine
        case localNetwork
        case beyond
    }

    /// A warning that others can read the data on the way to a hub, with the fix; nil with TLS and on this machine.
    package var encryptionWarning: String? {
        encryptionWarning(
            hasToken: true,
            fix: "To encrypt, give the hub a certificate (strapline-hub serve --certificate) and write https://.")
    }

    /// The same with the fix of another server. `hasToken` is whether a token goes there too.
    package func encryptionWarning(hasToken: Bool, fix: String) -> String? {
        guard !isSecure else { return nil }
        let data = hasToken ? "the token and the heart rate" : "the heart rate"
        switch reach {
        case .thisMachine: return nil
        case .localNetwork:
            return "\(self) is not encrypted: \(data) can be read by others "
                + "on this network. In a home network you may accept that. \(fix)"
        case .beyond:
            let use = hasToken ? ", and the token can be used by every reader" : ""
            return "\(self) is not encrypted: \(data) can be read on the way\(use). \(fix)"
        }
    }

    var reach: Reach {
        let name = host.lowercased()
        if let bytes = IPAddressBytes(name) { return Self.reach(of: bytes) }
        let labels = name.split(separator: ".")
        if labels.last == "localhost" { return .thisMachine }
        let isLocalName = labels.count == 1 || ["local", "lan", "home", "internal", "box"].contains(labels.last)
        return isLocalName || name.hasSuffix(".home.arpa") ? .localNetwork : .beyond
    }

    private static func reach(of address: IPAddressBytes) -> Reach {
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
