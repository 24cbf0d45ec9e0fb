import HubAPI
import PulsoidAPI

extension HubScope {
    /// The scopes of a form: separated by commas as Pulsoid does, or by spaces as RFC 6749 does.
    ///
    /// - Throws: `invalid_scope` for none, or an unknown one.
    static func requested(_ text: String?) throws(OAuthRefusal) -> [String] {
        // A client in Pulsoid's documentation sends quotation marks around it.
        let scopes = (text ?? "").split { $0 == "," || $0 == " " || $0 == "\"" }.map(String.init)
        guard !scopes.isEmpty else { throw OAuthRefusal(.invalidScope, "scope is missing") }
        if let unknown = scopes.first(where: { !all.contains($0) }) {
            throw OAuthRefusal(.invalidScope, "there is no scope \(unknown.prefix(64))")
        }
        return all.filter(scopes.contains)
    }
}
