/// A user's token as the administration lists it, without the secret.
package struct TokenRecord: Sendable, Hashable {
    /// The origin of a token.
    package enum Origin: Sendable, Hashable {
        /// The administration issued it; `by` is ``Administrator/text``, nil if an earlier version did.
        case administration(by: String?)
        /// A user allowed a program, with the token `consentedBy` (nil if an earlier version did not
        /// record it). `isRefreshed` after the first refresh.
        case program(clientID: String, grantID: Int64, consentedBy: String?, isRefreshed: Bool)
    }

    /// 16 hexadecimal digits of the hash. They do not reveal the token.
    package let id: String
    package let user: User
    /// The calls that it is good for, see `HubScope`.
    package let scopes: [String]
    /// Milliseconds since the Unix epoch; nil if it never expires.
    package let expiresAtMilliseconds: Int64?
    /// Whether it may allow programs.
    package let mayConsent: Bool
    /// What it is for, in the words of the administrator; nil for a program's token, and if none was given.
    package let label: String?
    /// Milliseconds since the Unix epoch, exact to a minute or so; nil if it was never used.
    package let lastUsedAtMilliseconds: Int64?
    package let origin: Origin

    package var userID: Int64 { user.id }

    /// The client that uses it; nil if the administration issued it.
    package var clientID: String? {
        if case .program(let clientID, _, _, _) = origin { clientID } else { nil }
    }

    /// The origin in one word: `administration`, `consent` or `refresh`.
    ///
    /// Not inlined: the optimiser of Swift 6.3.1 crashes ("Found ownership error") if several of these properties are
    /// inlined into one function.
    @inline(never)
    package var originName: String {
        switch origin {
        case .administration: "administration"
        case .program(_, _, _, let isRefreshed): isRefreshed ? "refresh" : "consent"
        }
    }

    /// The issuer; nil for a program's token, and if an earlier version issued it.
    package var issuedBy: String? {
        if case .administration(let administrator) = origin { administrator } else { nil }
    }

    /// The number of the consent that a program's token belongs to.
    package var grantID: Int64? {
        if case .program(_, let grantID, _, _) = origin { grantID } else { nil }
    }

    /// The ``id`` of the token that allowed the program; nil if unknown, or if this is not a program's token.
    package var consentedBy: String? {
        if case .program(_, _, let tokenID, _) = origin { tokenID } else { nil }
    }
}
