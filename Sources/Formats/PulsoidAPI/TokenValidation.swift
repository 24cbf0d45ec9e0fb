/// The scopes and the lifetime of a token: the answer of `GET /api/v1/token/validate`.
///
/// [Token Validation](https://docs.pulsoid.net/)
public struct TokenValidation: Sendable, Hashable, Codable {
    /// The client that has the token.
    public var clientID: String
    /// Seconds until the token expires.
    public var expiresInSeconds: Int64
    /// The user's profile, 24 characters.
    public var profileID: String?
    /// The names of the scopes. They are strings, because Pulsoid may grant scopes that are not in ``PulsoidScope``.
    public var scopes: [String]

    /// Makes an answer.
    public init(clientID: String, expiresInSeconds: Int64, profileID: String?, scopes: [String]) {
        self.clientID = clientID
        self.expiresInSeconds = expiresInSeconds
        self.profileID = profileID
        self.scopes = scopes
    }

    /// Whether the token has this scope.
    public func grants(_ scope: PulsoidScope) -> Bool { scopes.contains(scope.rawValue) }

    private enum CodingKeys: String, CodingKey {
        case clientID = "client_id"
        case expiresInSeconds = "expires_in"
        case profileID = "profile_id"
        case scopes
    }

    /// Encodes the answer. `profile_id` is null without a profile, as Pulsoid writes it.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(clientID, forKey: .clientID)
        try container.encode(expiresInSeconds, forKey: .expiresInSeconds)
        try container.encode(profileID, forKey: .profileID)
        try container.encode(scopes, forKey: .scopes)
    }
}
