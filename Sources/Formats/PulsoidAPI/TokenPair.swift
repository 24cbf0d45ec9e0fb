/// An access token and its refresh token: the answer of `POST /oauth2/token`, as a server writes it.
///
/// [RFC 6749](https://www.rfc-editor.org/rfc/rfc6749), section 5.1
public struct TokenPair: Sendable, Hashable, Codable {
    /// The access token.
    public var accessToken: String
    /// The refresh token, for one use. A refresh replaces both tokens.
    public var refreshToken: String
    /// Seconds until the access token expires.
    public var expiresInSeconds: Int64
    /// The type of the access token.
    public var tokenType = "bearer"

    /// Makes a pair.
    public init(accessToken: String, refreshToken: String, expiresInSeconds: Int64) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresInSeconds = expiresInSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
        case expiresInSeconds = "expires_in"
        case tokenType = "token_type"
    }
}

/// The parameter `grant_type` of the token call: the thing to exchange for a ``TokenPair``.
public enum GrantType: String, Sendable, Hashable, CaseIterable {
    /// A device code (RFC 8628).
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    /// A refresh token (RFC 6749, section 6).
    case refreshToken = "refresh_token"
    /// An authorization code (RFC 6749, section 4.1).
    case authorizationCode = "authorization_code"
}
