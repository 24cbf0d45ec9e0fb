/// Why a call of OAuth 2 is refused (RFC 6749, 5.2; RFC 8628, 3.5).
public enum OAuthErrorCode: String, Sendable, Hashable, CaseIterable, Codable {
    case invalidRequest = "invalid_request"
    case invalidClient = "invalid_client"
    case unauthorizedClient = "unauthorized_client"
    /// The code or refresh token is unknown, was used, or the person has refused: `error_description` tells which.
    case invalidGrant = "invalid_grant"
    case unsupportedGrantType = "unsupported_grant_type"
    case invalidScope = "invalid_scope"
    /// Nobody has answered yet: ask again after the interval.
    case authorizationPending = "authorization_pending"
    /// Asked too soon: the interval grows by 5 seconds.
    case slowDown = "slow_down"
    /// The device code has expired: begin anew.
    case expiredToken = "expired_token"
    /// The person has refused. Pulsoid says ``invalidGrant`` instead.
    case accessDenied = "access_denied"
}
