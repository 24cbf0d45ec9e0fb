/// A row of `token` with the columns that the ``AccountDirectory`` does not hold: whether the token may allow
/// programs, and the grant that it belongs to.
package struct TokenRow: Sendable {
    package let hash: TokenHash
    package let userID: Int64
    package let scopes: [String]
    /// Milliseconds since the Unix epoch.
    package let issuedAtMilliseconds: Int64
    package let expiresAtMilliseconds: Int64?
    package let mayConsent: Bool
    /// The grant of a program's token; nil if the administration issued the token.
    package let grantID: Int64?

    /// Why a token cannot allow a program's request.
    package enum Refusal: Sendable, Hashable {
        /// It has expired, or belongs to a program.
        case notAUsers
        case mayNotConsent
        case lacks(scopes: [String])
    }

    /// Nil if the token may allow it. `now` is in milliseconds since the Unix epoch.
    package func refusal(of wanted: [String], at now: Int64) -> Refusal? {
        if grantID != nil || (expiresAtMilliseconds.map { $0 <= now } ?? false) { return .notAUsers }
        guard mayConsent else { return .mayNotConsent }
        let missing = wanted.filter { !scopes.contains($0) }
        return missing.isEmpty ? nil : .lacks(scopes: missing)
    }

    package func mayAllow(_ wanted: [String], at now: Int64) -> Bool { refusal(of: wanted, at: now) == nil }
}
