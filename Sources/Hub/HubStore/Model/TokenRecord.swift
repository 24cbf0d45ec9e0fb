/// A user's token as the administration sees it: everything but the token.
package struct TokenRecord: Sendable, Hashable {
    /// Where a token came from.
    package enum Origin: Sendable, Hashable {
        /// The administration issued it; `by` is ``Administrator/text``, nil where an earlier version did.
        case administration(by: String?)
        /// A user allowed a program, with the token whose identifier is `consentedBy` (nil where an earlier version did not
        /// record it). `isRefreshed` after the first refresh.
        case program(clientID: String, grantID: Int64, consentedBy: String?, isRefreshed: Bool)
    }

    /// 16 hexadecimal digits of its hash, by which it is named. They do not lead back to the token.
    package let id: String
    package let userID: Int64
    /// What it may be used for, see ``HubScope``.
    package let scopes: [String]
    /// Milliseconds since the Unix epoch; nil when it never expires.
    package let expiresAtMilliseconds: Int64?
    /// Whether it may allow programs.
    package let mayConsent: Bool
    package let origin: Origin

    /// The client that it was issued to; nil when the administration has issued it.
    package var clientID: String? {
        if case .program(let clientID, _, _, _) = origin { clientID } else { nil }
    }

    /// The origin in one word: `administration`, `consent` or `refresh`.
    ///
    /// Not inlined: the optimiser of Swift 6.3.1 ends with "Found ownership error" where several views of one enumeration are
    /// inlined into a function.
    @inline(never)
    package var originName: String {
        switch origin {
        case .administration: "administration"
        case .program(_, _, _, let isRefreshed): isRefreshed ? "refresh" : "consent"
        }
    }

    /// The administrator who issued it; nil for a program's token, and where an earlier version issued it.
    package var issuedBy: String? {
        if case .administration(let administrator) = origin { administrator } else { nil }
    }

    /// The number of the consent that a program's token belongs to.
    package var grantID: Int64? {
        if case .program(_, let grantID, _, _) = origin { grantID } else { nil }
    }

    /// The token that allowed the program, as ``id``; nil where it is not a program's, or where it was not recorded.
    package var consentedBy: String? {
        if case .program(_, _, let tokenID, _) = origin { tokenID } else { nil }
    }
}
