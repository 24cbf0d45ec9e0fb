import CardiogramAPI
import HTTPTypes
import PulsoidAPI

/// The access token of a request.
enum Credentials {
    private static let authentication = HTTPField.Name(CardiogramPath.authenticationHeader)

    /// The token of `Authorization: Bearer …`, Cardiogram's `Authentication: Bearer …`, a WebSocket's
    /// ``WebSocketHandshake/tokenProtocol`` or `?access_token=…`, in this order. A header of another kind is skipped
    /// if another place has a token: a proxy may ask for a password of its own. Without a `target` only the first two
    /// count.
    static func accessToken(fields: HTTPFields, target: RequestTarget?) throws(HubHTTPError) -> String {
        let headers = [fields[.authorization], authentication.flatMap { fields[$0] }].compactMap { $0 }
        for header in headers {
            if let token = bearerToken(header) { return token }
        }
        if target != nil, let token = WebSocketHandshake.offeredToken(fields) { return token }
        if let token = target?.query(PulsoidPath.Query.accessToken) { return token }
        throw HubHTTPError(headers.isEmpty ? .authorizationHeaderMissing : .authorizationHeaderMalformed)
    }

    private static func bearerToken(_ header: String) -> String? {
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }
}
