/// A program that users let in: it gets tokens of its own, by the device authorization flow.
public struct Client: Sendable, Hashable, Codable {
    /// The `client_id`: public, often a GUID that is built into the program.
    public let id: String
    /// What people are asked about.
    public let name: String
    /// Whether it has to prove who it is with a `client_secret`.
    public let isConfidential: Bool
    /// Where people may be sent back to with a code; empty for a client that gets its tokens another way.
    public var redirectURIs: [String] = []

    /// The client that every hub knows, for programs without a registration: `strapline-hub`, without a secret.
    public static let builtInID = "strapline-hub"
}
