import FoundationEssentials
import HTTPTypes
import PulsoidAPI

/// A client's own identification: `Authorization: Basic …`, or `client_id` and `client_secret` of the form (RFC 6749,
/// 2.3.1).
struct ClientCredentials: Sendable, Hashable {
    let id: String
    let secret: String?

    /// - Throws: `invalid_client` or `invalid_request` if it is missing, or differs between both places.
    init(_ form: Form, _ fields: HTTPFields) throws(OAuthRefusal) {
        let header = fields[.authorization] ?? ""
        guard header.lowercased().hasPrefix("basic ") else {
            guard let id = form["client_id"] else { throw OAuthRefusal(.invalidRequest, "client_id is missing") }
            self.id = id
            secret = form["client_secret"]
            return
        }
        let text = Data(base64Encoded: header.dropFirst(6).filter { $0 != " " })
            .flatMap { String(validating: $0, as: UTF8.self) }
        let sides = (text ?? "").split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard sides.count == 2, let id = sides[0].percentDecoded, let secret = sides[1].percentDecoded, !id.isEmpty
        else {
            throw OAuthRefusal(.invalidClient, "the Authorization header is not Basic with client_id:client_secret")
        }
        if let named = form["client_id"], named != id {
            throw OAuthRefusal(.invalidRequest, "client_id of the form and of the header differ")
        }
        self.id = id
        self.secret = secret.isEmpty ? nil : secret
    }
}
