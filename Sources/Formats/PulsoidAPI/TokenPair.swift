/// An access token, and the refresh token that brings the next: the answer of the token call (RFC 6749, 5.1).
public struct TokenPair: Sendable, Hashable, Codable {
    public var accessToken: String
    /// Good for one use. A refresh ends this pair and brings another.
    public var refreshToken: String
    /// Seconds until the access token expires.
    public var expiresInSeconds: Int64
    public var tokenType = "bearer"

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
