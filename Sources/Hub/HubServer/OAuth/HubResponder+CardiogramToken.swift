import HTTPTypes
import HubStore
import HummingbirdCore
import PulsoidAPI
import Timing

extension HubResponder {
    /// Cardiogram's answer with tokens.
    private struct CardiogramTokens: Encodable {
        let tokenType = "bearer"
        let accessToken: String
        let refreshToken: String
        /// Milliseconds since the Unix epoch at which the access token ends: so in Cardiogram's published sample.
        let expiresIn: Int64
        /// The hub's own: the user of the paths, which a program has to know to send beats.
        let userID: Int64?

        private enum CodingKeys: String, CodingKey {
            case tokenType = "token_type"
            case accessToken = "access_token"
            case refreshToken = "refresh_token"
            case expiresIn = "expires_in"
            case userID = "user_id"
        }
    }

    /// `POST /heart/oauth/token`: a code, or a refresh token, for tokens.
    func cardiogramToken(_ form: Form, _ request: Request, _ origin: SecurityOrigin) async throws -> HubResponse {
        let grantType = form["grant_type"].flatMap(GrantType.init)
        let client = try await client(ClientCredentials(form, request.headers), origin)
        let pair: TokenPair
        var userID: Int64?
        switch grantType {
        case .authorizationCode: (pair, userID) = try await redeemCode(form, client, origin)
        case .refreshToken: pair = try await refresh(form, client, origin)
        case .deviceCode, nil:
            throw OAuthRefusal(
                .unsupportedGrantType, "grant_type must be authorization_code or \(GrantType.refreshToken.rawValue)")
        }
        let expiresAt = store.time.now().wallMilliseconds + pair.expiresInSeconds * 1000
        return .json(
            CardiogramTokens(
                accessToken: pair.accessToken, refreshToken: pair.refreshToken, expiresIn: expiresAt, userID: userID),
            fields: [.cacheControl: "no-store"])
    }
}
