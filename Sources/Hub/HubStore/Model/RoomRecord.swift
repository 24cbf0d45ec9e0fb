package import PulsoidAPI

/// A room as the administration lists it.
package struct RoomRecord: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package let user: User
        package let config: JSONValue
    }

    package let id: String
    /// A JSON object.
    package let config: JSONValue
    /// In the order of the users' numbers.
    package let members: [Member]

    package var reference: RoomReference { RoomReference(id: id, name: RoomReference.name(in: config)) }
}
