package import PulsoidAPI

/// A room as the administration sees it.
package struct RoomRecord: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package let user: User
        package let config: JSONValue
    }

    package let id: String
    /// A JSON object.
    package let config: JSONValue
    /// By the numbers of their users.
    package let members: [Member]
}
