/// What the hub keeps of an access token: everything but the token.
package struct Token: Sendable, Hashable {
    package let hash: TokenHash
    package let userID: Int64
    package let scopes: [String]
    /// Milliseconds since the Unix epoch; nil for a token that never expires.
    package let expiresAtMilliseconds: Int64?
    /// The client that it was issued to; nil when the administration has issued it to the user.
    package var clientID: String?

    package func grants(_ scope: String) -> Bool { scopes.contains(scope) }

    package func isExpired(atMilliseconds now: Int64) -> Bool {
        expiresAtMilliseconds.map { $0 <= now } ?? false
    }
}
