/// The address of a service: `https://dev.pulsoid.net`, or `http://192.168.1.7:8080/behind/a/proxy` for your own hub.
package struct ServiceAddress: Sendable, Hashable, CustomStringConvertible {
    /// Whether TLS is spoken: `https` or `http`.
    package let isSecure: Bool
    /// A name, an IPv4 address, or an IPv6 address without its brackets.
    package let host: String
    /// The port, where it differs from that of the scheme.
    private let explicitPort: Int?
    /// The prefix of every path of the service: empty, or with a slash at the start and none at the end.
    package let prefix: String
    /// The end of the address of one resource: slashes and a query. A description leaves it out, because a query may
    /// hold a secret.
    let suffix: String

    /// Reads an address; throws ``ServiceAddressError`` unless it is a scheme, a host, perhaps a port and a path.
    package init(_ text: String) throws(ServiceAddressError) {
        try self.init(text, isResource: false)
    }

    /// Reads the address of one resource, which may have a query and is used as it stands.
    package init(resource text: String) throws(ServiceAddressError) {
        try self.init(text, isResource: true)
    }

    private init(_ text: String, isResource: Bool) throws(ServiceAddressError) {
        guard let scheme = ["https://", "http://"].first(where: { text.lowercased().hasPrefix($0) }) else {
            throw ServiceAddressError(withoutScheme: text)
        }
        isSecure = scheme == "https://"
        let rest = text.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let isVisible = { (character: Character) in character.asciiValue.map { (33...126).contains($0) } ?? false }
        let foreign = isResource ? "#\\" : "?#@\\"
        if authority.contains("@") {
            throw ServiceAddressError(text, "holds a login, which belongs into a file of its own")
        }
        guard rest.allSatisfy(isVisible) else {
            throw ServiceAddressError(
                text, "has a space or another character that must be percent-encoded, as %20 for a space")
        }
        guard !rest.contains(where: foreign.contains) else {
            throw ServiceAddressError(
                text,
                isResource
                    ? "holds more than a host, a port, a path and a query"
                    : "holds more than a host, a port and a path")
        }
        (host, explicitPort) = try Self.split(authority, of: text)
        let path = rest.dropFirst(authority.count)
        var prefix = path.prefix { $0 != "?" }
        while prefix.last == "/" { prefix.removeLast() }
        self.prefix = String(prefix)
        suffix = isResource ? String(path.dropFirst(prefix.count)) : ""
        if !isResource, let error = ServiceAddressError(ofCall: self, text) { throw error }
    }

    package var port: Int { explicitPort ?? (isSecure ? 443 : 80) }

    /// Host and port as the header `Host` has them.
    package var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return explicitPort.map { "\(name):\($0)" } ?? name
    }

    package var description: String { "\(isSecure ? "https" : "http")://\(authority)\(prefix)" }

    /// For logs. Webhooks have their secret in the path: a long part with a digit is left out.
    package var shown: String {
        let parts = prefix.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.utf8.count >= Self.leastSecretBytes && part.contains(where: \.isNumber) ? "…" : part
        }
        return "\(isSecure ? "https" : "http")://\(authority)\(parts.joined(separator: "/"))"
    }

    private static let leastSecretBytes = 16

    /// Leaves the unreserved characters of RFC 3986, section 2.3, and encodes every other byte, so that the text can
    /// stand as one segment of a path or as a value in a query.
    package static func percentEncoded(_ text: String) -> String {
        let hexadecimal = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            if scalar.isASCII,
                scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || "-._~".utf8.contains(byte)
            {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func split(
        _ authority: Substring, of text: String
    ) throws(ServiceAddressError) -> (host: String, port: Int?) {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { throw ServiceAddressError(text, "lacks a ]") }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else {
                throw ServiceAddressError(text, "has something else than a port after the ]")
            }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        guard !host.isEmpty else { throw ServiceAddressError(text, "names no host") }
        guard !host.contains(where: { "[]".contains($0) }) else {
            throw ServiceAddressError(text, "has brackets where an IPv6 address has none")
        }
        guard let port else { return (String(host), nil) }
        guard let number = Int(port), (1...65535).contains(number) else {
            throw ServiceAddressError(text, "has a port that is not a number from 1 to 65535")
        }
        return (String(host), number)
    }
}
