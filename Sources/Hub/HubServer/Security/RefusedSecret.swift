/// A refused secret, for the log: its kind, never the secret itself.
struct RefusedSecret: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable {
        case accessToken = "access_token"
        case adminToken = "admin_token"
        case clientSecret = "client_secret"
        case refreshToken = "refresh_token"
        case authorizationCode = "authorization_code"
        case deviceCode = "device_code"
        case userCode = "user_code"
        /// A token on the consent page.
        case consentToken = "consent_token"
        case codeVerifier = "code_verifier"
    }

    enum Reason: String, Sendable, Hashable {
        case unknown
        case expired
        /// A user's token in a call of the administration.
        case notAdmin = "not_admin"
        /// It was used before, so a copy exists. Everything issued with it was ended.
        case replayed
        case mayNotConsent = "may_not_consent"
        case lacksScopes = "lacks_scopes"
        case tooMany = "too_many"
    }

    let kind: Kind
    let reason: Reason
    /// The ID of the token, as in lists; nil if there is no such token.
    var tokenID: String?
}
