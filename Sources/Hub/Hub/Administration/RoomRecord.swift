public import PulsoidAPI

/// A room as the administration sees it.
public struct RoomRecord: Sendable, Hashable {
    public struct Member: Sendable, Hashable {
        public let user: User
        public let config: JSONValue
    }

    public let id: String
    /// A JSON object.
    public let config: JSONValue
    /// By the numbers of their users.
    public let members: [Member]
}
