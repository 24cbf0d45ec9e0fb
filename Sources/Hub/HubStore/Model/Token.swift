/// An access token as the hub keeps it: a hash, never the token itself.
package struct Token: Sendable, Hashable {
    package let hash: TokenHash
    package let userID: Int64
    package let scopes: [String]
    /// Milliseconds since the Unix epoch; nil if the token never expires.
    package let expiresAtMilliseconds: Int64?
    /// The client that uses the token; nil if the administration issued it to the user.
    package var clientID: String?

    package func grants(_ scope: String) -> Bool { scopes.contains(scope) }

    package func isExpired(atMilliseconds now: Int64) -> Bool {
        expiresAtMilliseconds.map { $0 <= now } ?? false
    }
}

/// A new access token. The hub keeps only its hash, so the token is visible only now.
package struct IssuedToken: Sendable, Hashable {
    /// The ``Secret``, for its owner.
    package let accessToken: String
    /// The owner.
    package let user: User
    /// The calls that it is good for, see `HubScope`.
    package let scopes: [String]
    /// Whether it may allow programs.
    package let mayConsent: Bool
    /// Milliseconds since the Unix epoch; nil if it never expires.
    package let expiresAtMilliseconds: Int64?
}
