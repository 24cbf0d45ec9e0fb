/// A new access token. The hub keeps its hash alone, so this is the one time that it is seen.
package struct IssuedToken: Sendable, Hashable {
    /// The ``Secret``, for its owner.
    package let accessToken: String
    /// Who it speaks for.
    package let user: User
    /// What it may be used for, see ``HubScope``.
    package let scopes: [String]
    /// Whether it may allow programs.
    package let mayConsent: Bool
    /// Milliseconds since the Unix epoch; nil when it never expires.
    package let expiresAtMilliseconds: Int64?
}
