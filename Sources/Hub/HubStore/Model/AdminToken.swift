/// A token of the administration as the hub keeps it, without the secret.
package struct AdminToken: Sendable, Hashable, Codable {
    /// The number that removes it.
    package let id: Int64
    /// The purpose, in the words of the administrator.
    package let name: String
    /// Milliseconds since the Unix epoch; nil for a token that never expires.
    package let expiresAtMilliseconds: Int64?
    /// The issuer, see ``Administrator/text``; nil if an earlier version issued it.
    package let issuedBy: String?
}

/// A new token of the administration. The hub keeps only its hash, so the token is visible only now.
package struct IssuedAdminToken: Sendable, Hashable {
    /// The secret: `strapline-admin-` and a ``Secret``. The prefix distinguishes it from a user's token.
    package let accessToken: String
    package let token: AdminToken
}

/// When a token ends.
package struct TokenExpiry: Sendable, Equatable {
    /// Milliseconds since the Unix epoch; nil for never.
    package let milliseconds: Int64?
}
