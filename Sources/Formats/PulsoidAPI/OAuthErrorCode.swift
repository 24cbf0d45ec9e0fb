/// The errors of OAuth 2 ([RFC 6749](https://www.rfc-editor.org/rfc/rfc6749), section 5.2;
/// [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628), section 3.5).
public enum OAuthErrorCode: String, Sendable, Hashable, CaseIterable, Codable {
    /// The request lacks a parameter or is malformed.
    case invalidRequest = "invalid_request"
    /// The client is unknown.
    case invalidClient = "invalid_client"
    /// The client may not use this grant.
    case unauthorizedClient = "unauthorized_client"
    /// The code or refresh token is unknown or used, or the user has refused. `error_description` says which.
    case invalidGrant = "invalid_grant"
    /// The server does not support this grant.
    case unsupportedGrantType = "unsupported_grant_type"
    /// A scope is unknown.
    case invalidScope = "invalid_scope"
    /// The user has not answered yet: request again after the interval.
    case authorizationPending = "authorization_pending"
    /// The request came too soon: the interval grows by 5 seconds.
    case slowDown = "slow_down"
    /// The device code has expired: start again.
    case expiredToken = "expired_token"
    /// The user has refused. Pulsoid answers ``invalidGrant`` instead.
    case accessDenied = "access_denied"
}
