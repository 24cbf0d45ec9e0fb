/// What plain `http://` means at an address.
extension ServiceAddress {
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
        switch HostReach(host) {
        case .thisMachine: return nil
        case .localNetwork:
            return "\(shown) is not encrypted: \(data) can be read by others "
                + "on this network. In a home network you may accept that. \(fix)"
        case .beyond:
            let use = hasToken ? ", and the token can be used by every reader" : ""
            return "\(shown) is not encrypted: \(data) can be read on the way\(use). \(fix)"
        }
    }
}
