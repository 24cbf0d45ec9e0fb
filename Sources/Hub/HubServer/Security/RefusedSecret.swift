/// A secret that the hub did not take. It holds the secret's kind and never the secret.
struct RefusedSecret: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
        case accessToken = "access_token"
        case adminToken = "admin_token"
        case clientSecret = "client_secret"
        case refreshToken = "refresh_token"
        case authorizationCode = "authorization_code"
        case deviceCode = "device_code"
        case userCode = "user_code"
        /// A token on the page of consent.
        case consentToken = "consent_token"
        case codeVerifier = "code_verifier"
    }

    enum Reason: String, Sendable, Hashable {
        case unknown
        case expired
        /// A user's token for a call of the administration.
        case notAdmin = "not_admin"
        /// It was used before: somebody has a copy. What came of it was ended.
        case replayed
        case mayNotConsent = "may_not_consent"
        case lacksScopes = "lacks_scopes"
        case tooMany = "too_many"
    }

    let kind: Kind
    let reason: Reason
    /// The identifier of the token, as lists show it; nil where there is no such token.
    var tokenID: String?
}
