import TextFormats

/// Thrown for a text that is not the address of a service.
package struct ServiceAddressError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The text that was given, ``withoutSecrets(_:)``: an error ends up in a log.
    package let address: String
    /// The problem, as the end of a sentence about the address.
    package let problem: String

    /// An example of an address.
    let example: String

    init(
        _ address: String, _ problem: String, example: String = "https://dev.pulsoid.net or http://192.168.1.7:8080"
    ) {
        self.address = Self.withoutSecrets(address).printable()
        self.problem = problem
        self.example = example
    }

    /// For an address like `heart.local:8080`, which lacks nothing else. With a port it is often a machine at home.
    init(withoutScheme text: String) {
        let scheme = text.contains(/:[0-9]|^[0-9.]+($|\/)|^localhost|\.local($|\/)/) ? "http://" : "https://"
        let host = text.prefix { $0 != "/" }
        let isHost =
            host == "localhost" || host.wholeMatch(of: /[A-Za-z0-9\[][A-Za-z0-9.:\-\]]*[.:\]][A-Za-z0-9.:\-\]]+/) != nil
        let whole = isHost ? try? ServiceAddress(scheme + text) : nil
        let problem = "begins with neither https:// nor http://"
        if let whole {
            self.init(text, problem, example: whole.shown)
        } else {
            self.init(text, problem)
        }
    }

    /// For the address of one call, as people copy it from the documentation of an API; nil for another address.
    init?(ofCall address: ServiceAddress, _ text: String) {
        let path = /\/api\/v1\/(data|rooms?|token|profile|statistics|strapline)(\/.*)?/
        guard let call = address.prefix.firstMatch(of: path), call.range.upperBound == address.prefix.endIndex else {
            return nil
        }
        let root = String(address.description.dropLast(address.prefix[call.range].count))
        self.init(text, "has the path of a call, which is added by itself", example: root)
    }

    /// For the website of a service whose API is at another address.
    package init(website text: String, api: String) {
        self.init(text, "is the website, and not the API", example: api)
    }

    /// An address that cannot be read, without a login and the long values of a query.
    package static func withoutSecrets(_ text: String) -> String {
        let text = text.lastIndex(of: "@").map { "…@" + text[text.index(after: $0)...] } ?? text
        guard let start = text.firstIndex(where: { "?#".contains($0) }) else { return text }
        let values = text[start...].split(separator: "&", omittingEmptySubsequences: false).map { part in
            let end = part.firstIndex(of: "=") ?? part.startIndex
            return part[end...].utf8.count > leastSecretBytes ? part[...end] + "…" : part
        }
        return text[..<start] + values.joined(separator: "&")
    }

    /// A shorter value is no secret worth the name.
    private static let leastSecretBytes = 7

    package var description: String {
        "The address \"\(address)\" \(problem). Write it like \(example)."
    }
}
