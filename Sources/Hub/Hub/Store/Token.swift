/// What the hub keeps of an access token: everything but the token.
struct Token: Sendable, Hashable {
    let hash: TokenHash
    let userID: Int64
    let scopes: [String]
    /// Milliseconds since the Unix epoch; nil for a token that never expires.
    let expiresAtMilliseconds: Int64?
    /// The client that it was issued to; nil when the administration has issued it to the user.
    var clientID: String?

    func grants(_ scope: String) -> Bool { scopes.contains(scope) }

    func isExpired(atMilliseconds now: Int64) -> Bool {
        expiresAtMilliseconds.map { $0 <= now } ?? false
    }
}
