/// A client that was just registered. The hub keeps a hash of the secret, so this is the one time that it is seen.
package struct NewClient: Sendable, Hashable {
    package let client: Client
    /// Nil for a public client.
    package let secret: String?
}
