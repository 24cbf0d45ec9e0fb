/// A token of the administration, as the hub keeps it: everything but the token.
public struct AdminToken: Sendable, Hashable, Codable {
    /// Its number, by which it is removed.
    public let id: Int64
    /// What it is for, in the words of who issued it.
    public let name: String
    /// Milliseconds since the Unix epoch; nil for a token that never expires.
    public let expiresAtMilliseconds: Int64?
    /// Who issued it, see ``Administrator/text``; nil where an earlier version did.
    public let issuedBy: String?
}
