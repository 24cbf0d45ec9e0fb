import CardiogramAPI
import HTTPTypes
import PulsoidAPI

/// Where a request carries its access token.
enum Credentials {
    private static let authentication = HTTPField.Name(CardiogramPath.authenticationHeader)

    /// The token out of `Authorization: Bearer …`, Cardiogram's `Authentication: Bearer …`, a WebSocket's
    /// ``WebSocketHandshake/tokenProtocol`` or `?access_token=…`, in this order. A header of another kind is passed over when
    /// another place has a token: a proxy in front may ask for a password of its own. Without a `target` the first two alone
    /// are looked at.
    static func accessToken(fields: HTTPFields, target: RequestTarget?) throws(Failure) -> String {
        let headers = [fields[.authorization], authentication.flatMap { fields[$0] }].compactMap { $0 }
        for header in headers {
            if let token = bearerToken(header) { return token }
        }
        if target != nil, let token = WebSocketHandshake.offeredToken(fields) { return token }
        if let token = target?.query(PulsoidPath.Query.accessToken) { return token }
        throw Failure(headers.isEmpty ? .authorizationHeaderMissing : .authorizationHeaderMalformed)
    }

    private static func bearerToken(_ header: String) -> String? {
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }
}
