/// An address of a program that receives an authorization code (RFC 6749, 3.1.2). The hub redirects only to
/// registered ones.
package struct RedirectURI: Sendable, Hashable {
    private static let longestCharacters = 2048

    package let text: String
    /// Scheme, host and port, for the content security policy of the form.
    package let origin: String

    /// Nil unless it is an `http` or `https` address in ASCII without a fragment.
    package init?(_ text: String) {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }),
            text.utf8.count <= Self.longestCharacters,
            // None of the characters that end a header, an attribute or a policy directive.
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains(where: { "#\"'<>\\;,".contains($0) })
        else { return nil }
        let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        guard !host.isEmpty, !host.contains("@"), !host.contains("*") else { return nil }
        self.text = text
        origin = scheme + host
    }

    /// Adds query parameters.
    package func adding(_ parameters: [(String, String)]) -> String {
        let query = parameters.map { "\($0)=\($1.percentEncoded)" }.joined(separator: "&")
        return text + (text.contains("?") ? "&" : "?") + query
    }
}

extension String {
    /// Percent-encodes all but letters, digits and `-._~` (RFC 3986, 2.1).
    fileprivate var percentEncoded: String {
        let digits = Array("0123456789ABCDEF")
        return utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            return character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
                ? String(character) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }
}
