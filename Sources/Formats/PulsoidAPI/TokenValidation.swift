/// What a token is good for: the answer of `GET /api/v1/token/validate` (docs.pulsoid.net, "Token Validation").
public struct TokenValidation: Sendable, Hashable, Codable {
    public var clientID: String
    /// Seconds until the token expires.
    public var expiresInSeconds: Int64
    /// The user's profile, 24 characters.
    public var profileID: String?
    /// Names of scopes. Strings, for Pulsoid may grant some that nobody here knows.
    public var scopes: [String]

    public init(clientID: String, expiresInSeconds: Int64, profileID: String?, scopes: [String]) {
        self.clientID = clientID
        self.expiresInSeconds = expiresInSeconds
        self.profileID = profileID
        self.scopes = scopes
    }

    /// Whether the token may be used for this.
    public func grants(_ scope: PulsoidScope) -> Bool { scopes.contains(scope.rawValue) }

    private enum CodingKeys: String, CodingKey {
        case clientID = "client_id"
        case expiresInSeconds = "expires_in"
        case profileID = "profile_id"
        case scopes
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(clientID, forKey: .clientID)
        try container.encode(expiresInSeconds, forKey: .expiresInSeconds)
        // An explicit null, as Pulsoid writes it.
        try container.encode(profileID, forKey: .profileID)
        try container.encode(scopes, forKey: .scopes)
    }
}
