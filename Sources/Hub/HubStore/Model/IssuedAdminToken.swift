/// A new token of the administration. The hub keeps its hash alone, so this is the one time that it is seen.
package struct IssuedAdminToken: Sendable, Hashable {
    /// The secret: `strapline-admin-` and a ``Secret``, so that it is not mistaken for a user's.
    package let accessToken: String
    package let token: AdminToken
}
