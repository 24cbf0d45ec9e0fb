/// Where a proxy is: `http://proxy.example.net:3128`, `https://…`, or `socks5h://…`, which also looks names up.
package struct ProxyAddress: Sendable, Hashable, CustomStringConvertible {
    /// Without a login, and fit for a log.
    package let description: String

    /// Reads an address; throws ``ServiceAddressError`` unless it is one of the three schemes, a host, and perhaps a
    /// port.
    package init(_ text: String) throws(ServiceAddressError) {
        let schemes = ["http://", "https://", "socks5h://"]
        guard let scheme = schemes.first(where: { text.lowercased().hasPrefix($0) }) else {
            throw ServiceAddressError(
                text, "begins with none of \(schemes.joined(separator: ", "))", example: Self.example)
        }
        let rest = text.dropFirst(scheme.count)
        if rest.contains("@") {
            throw ServiceAddressError(
                text, "holds a login, which belongs into a file or a variable of its own",
                example: Self.example)
        }
        let place: ServiceAddress
        do {
            place = try ServiceAddress("http://" + rest)
        } catch {
            throw ServiceAddressError(text, error.problem, example: Self.example)
        }
        guard place.prefix.isEmpty else {
            throw ServiceAddressError(text, "holds more than a host and a port", example: Self.example)
        }
        description = scheme + place.authority
    }

    private static let example = "http://proxy.example.net:3128 or socks5h://127.0.0.1:1080"
}
