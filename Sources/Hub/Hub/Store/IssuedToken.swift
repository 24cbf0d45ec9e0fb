/// A new access token. The hub keeps its hash alone, so this is the one time that it is seen.
public struct IssuedToken: Sendable, Hashable {
    /// The ``Secret``, for its owner.
    public let accessToken: String
    /// Who it speaks for.
    public let user: User
    /// What it may be used for, see ``HubScope``.
    public let scopes: [String]
    /// Whether it may allow programs.
    public let mayConsent: Bool
    /// Milliseconds since the Unix epoch; nil when it never expires.
    public let expiresAtMilliseconds: Int64?
}
