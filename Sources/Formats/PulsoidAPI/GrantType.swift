/// The parameter `grant_type` of the token call: the thing to exchange for a ``TokenPair``.
public enum GrantType: String, Sendable, Hashable, CaseIterable {
    /// A device code (RFC 8628).
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    /// A refresh token (RFC 6749, section 6).
    case refreshToken = "refresh_token"
    /// An authorization code (RFC 6749, section 4.1).
    case authorizationCode = "authorization_code"
}
