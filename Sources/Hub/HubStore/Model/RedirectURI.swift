/// An address of a program's, to which a person is sent back with a code (RFC 6749, 3.1.2). Only such as are registered are
/// ever gone to.
package struct RedirectURI: Sendable, Hashable {
    private static let longestCharacters = 2048

    package let text: String
    /// Scheme, host and port, for a page that may send its form there.
    package let origin: String

    /// Nil for what is no `http` or `https` address in ASCII, or has a fragment.
    package init?(_ text: String) {
        guard let scheme = ["https://", "http://"].first(where: { text.hasPrefix($0) }),
            text.utf8.count <= Self.longestCharacters,
            // What would end a header, an attribute or a directive of a policy is nowhere in an address.
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !text.contains(where: { "#\"'<>\\;,".contains($0) })
        else { return nil }
        let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" }
        guard !host.isEmpty, !host.contains("@"), !host.contains("*") else { return nil }
        self.text = text
        origin = scheme + host
    }

    /// With parameters added to those that it has.
    package func adding(_ parameters: [(String, String)]) -> String {
        let query = parameters.map { "\($0)=\($1.percentEncoded)" }.joined(separator: "&")
        return text + (text.contains("?") ? "&" : "?") + query
    }
}

extension String {
    /// All but letters, digits and `-._~` as `%41` and the like (RFC 3986, 2.1).
    fileprivate var percentEncoded: String {
        let digits = Array("0123456789ABCDEF")
        return utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            return character.isASCII && (character.isLetter || character.isNumber || "-._~".contains(character))
                ? String(character) : "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
        }.joined()
    }
}
