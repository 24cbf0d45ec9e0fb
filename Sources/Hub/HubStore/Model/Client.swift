/// A program that users allow with OAuth. It gets tokens of its own.
package struct Client: Sendable, Hashable, Codable {
    /// The `client_id`: public, often a GUID that is built into the program.
    package let id: String
    /// The name on the consent page.
    package let name: String
    /// Whether it must prove its identity with a `client_secret`.
    package let isConfidential: Bool
    /// The redirect URIs of the authorization code grant; empty for a client that does not use it.
    package var redirectURIs: [String] = []

    /// The client of programs without a registration. Every hub knows it; it has no secret.
    package static let builtInID = "strapline-hub"
}

/// A client that was just registered. The hub keeps a hash of the secret, so the secret is visible only now.
package struct NewClient: Sendable, Hashable {
    package let client: Client
    /// Nil for a public client.
    package let secret: String?
}
