/// A client that was just registered. The hub keeps a hash of the secret, so this is the one time that it is seen.
public struct NewClient: Sendable, Hashable {
    public let client: Client
    /// Nil for a public client.
    public let secret: String?
}
