/// A program that users let in: it gets tokens of its own, by the device authorization flow.
package struct Client: Sendable, Hashable, Codable {
    /// The `client_id`: public, often a GUID that is built into the program.
    package let id: String
    /// What people are asked about.
    package let name: String
    /// Whether it has to prove who it is with a `client_secret`.
    package let isConfidential: Bool
    /// Where people may be sent back to with a code; empty for a client that gets its tokens another way.
    package var redirectURIs: [String] = []

    /// The client that every hub knows, for programs without a registration: `strapline-hub`, without a secret.
    package static let builtInID = "strapline-hub"
}
