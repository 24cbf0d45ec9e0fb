import HTTPTypes
import HubStore
import PulsoidAPI

/// The user and the token of an admitted request.
struct AccessGrant: Sendable {
    let user: User
    let token: Token
}

extension AccountDirectory {
    /// Admits a user's token. `now` is in milliseconds since the Unix epoch; without a `scope` any token will do.
    ///
    /// - Throws: 401 for a token that is unknown, expired or without the scope. (Pulsoid's pages of the calls say so;
    ///   its older table of errors says 403.)
    func grant(_ accessToken: String, scope: String?, now: Int64) throws(HubHTTPError) -> AccessGrant {
        guard let token = tokens[TokenHash(of: accessToken)], let user = users[token.userID] else {
            throw HubHTTPError(.tokenNotFound)
        }
        if token.isExpired(atMilliseconds: now) { throw HubHTTPError(.tokenExpired) }
        if let scope, !token.grants(scope) { throw HubHTTPError(.insufficientScope) }
        return AccessGrant(user: user, token: token)
    }

    /// Admits a token of the administration.
    ///
    /// - Throws: 401 for a token that is unknown or expired, 403 for a user's.
    func requireAdministrator(_ accessToken: String, now: Int64) throws(HubHTTPError) {
        let hash = TokenHash(of: accessToken)
        guard let expiry = adminTokens[hash] else {
            throw tokens[hash] == nil
                ? HubHTTPError(.tokenNotFound) : HubHTTPError(.forbidden, "this takes a token of the administration")
        }
        if let expiresAt = expiry.milliseconds, expiresAt <= now { throw HubHTTPError(.tokenExpired) }
    }
}
