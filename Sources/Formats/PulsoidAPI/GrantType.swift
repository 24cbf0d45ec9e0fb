/// What the token call exchanges for a ``TokenPair``: `grant_type`.
public enum GrantType: String, Sendable, Hashable, CaseIterable {
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    case refreshToken = "refresh_token"
    case authorizationCode = "authorization_code"
}
