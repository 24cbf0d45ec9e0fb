/// The answer of `POST /oauth2/token` (RFC 6749, section 5.1).
public struct TokenGrant: Sendable, Hashable, Codable {
    public var accessToken: String
    /// Nil where the old one stays good (RFC 6749, section 6).
    public var refreshToken: String?
    public var expiresInSeconds: Int64?

    public init(accessToken: String, refreshToken: String? = nil, expiresInSeconds: Int64? = nil) {
        self.accessToken = accessToken
        self.refreshToken = refreshToken
        self.expiresInSeconds = expiresInSeconds
    }

    private enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case refreshToken = "refresh_token"
        case expiresInSeconds = "expires_in"
    }
}
