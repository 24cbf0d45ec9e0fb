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
        let authorization = fields[.authorization]
        if let token = authorization.flatMap(bearerToken) { return token }
        let other = authentication.flatMap { fields[$0] }
        if let token = other.flatMap(bearerToken) { return token }
        if target != nil, let token = WebSocketHandshake.offeredToken(fields) { return token }
        if let token = target?.query(PulsoidPath.Query.accessToken) { return token }
        throw HubHTTPError(
            authorization == nil && other == nil ? .authorizationHeaderMissing : .authorizationHeaderMalformed)
    }

    private static func bearerToken(_ header: String) -> String? {
        let words = header.utf8.split(separator: UInt8(ascii: " "))
        guard words.count == 2, Substring(words[0]).lowercased() == "bearer" else { return nil }
        return String(Substring(words[1]))
    }
}
