/// The answer of `POST /oauth2/token`, as a client reads it.
///
/// [RFC 6749](https://www.rfc-editor.org/rfc/rfc6749), section 5.1
public struct TokenGrant: Sendable, Hashable, Codable {
    /// The access token.
    public var accessToken: String
    /// The next refresh token. Nil if the old one stays valid (RFC 6749, section 6).
    public var refreshToken: String?
    /// Seconds until the access token expires.
    public var expiresInSeconds: Int64?

    /// Makes an answer.
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
