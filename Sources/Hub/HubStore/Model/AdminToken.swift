/// A token of the administration, as the hub keeps it: everything but the token.
package struct AdminToken: Sendable, Hashable, Codable {
    /// Its number, by which it is removed.
    package let id: Int64
    /// What it is for, in the words of who issued it.
    package let name: String
    /// Milliseconds since the Unix epoch; nil for a token that never expires.
    package let expiresAtMilliseconds: Int64?
    /// Who issued it, see ``Administrator/text``; nil where an earlier version did.
    package let issuedBy: String?
}
