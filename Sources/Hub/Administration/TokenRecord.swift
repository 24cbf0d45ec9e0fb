/// A user's token as the administration sees it: everything but the token.
public struct TokenRecord: Sendable, Hashable {
    /// 16 hexadecimal digits of its hash, by which it is named. Nobody comes from there to the token.
    public let id: String
    public let userID: Int64
    /// What it may be used for, see ``HubScope``.
    public let scopes: [String]
    /// Milliseconds since the Unix epoch; nil when it never expires.
    public let expiresAtMilliseconds: Int64?
    /// The client that it was issued to; nil when the administration has issued it.
    public let clientID: String?
}
