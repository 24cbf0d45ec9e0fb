/// The body with which `POST /oauth2/…` says no (RFC 6749, section 5.2; RFC 8628, section 3.5).
public struct OAuthErrorBody: Sendable, Hashable, Codable {
    /// The codes that a client tells apart.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        case authorizationPending = "authorization_pending"
        case slowDown = "slow_down"
        case accessDenied = "access_denied"
        case expiredToken = "expired_token"
        /// Pulsoid's word for a refusal and for a code or refresh token that was used already.
        case invalidGrant = "invalid_grant"
        case invalidClient = "invalid_client"
        case unauthorizedClient = "unauthorized_client"
        case invalidRequest = "invalid_request"
        case invalidScope = "invalid_scope"
        case unsupportedGrantType = "unsupported_grant_type"
    }

    public var error: String
    public var errorDescription: String?

    public init(error: String, errorDescription: String? = nil) {
        self.error = error
        self.errorDescription = errorDescription
    }

    public var code: Code? { Code(rawValue: error) }

    private enum CodingKeys: String, CodingKey {
        case error
        case errorDescription = "error_description"
    }
}
