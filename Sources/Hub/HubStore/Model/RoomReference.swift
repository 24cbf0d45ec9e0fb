package import PulsoidAPI
import TextFormats

/// A room by its ID and its name.
package struct RoomReference: Sendable, Hashable {
    /// Longest name of a room in Unicode scalars: it must fit a line of a table and the head of the page.
    package static let nameScalars = 64

    package let id: String
    /// Nil without a name. Several rooms may have the same.
    package let name: String?

    /// The name, or the ID of a room without one.
    package var label: String { name ?? id }

    package init(id: String, name: String?) {
        self.id = id
        self.name = name
    }

    /// The name in the configuration of a room, as the page shows it.
    package static func name(in config: JSONValue) -> String? {
        guard case .object(let members) = config, case .string(let text) = members["name"] else { return nil }
        let name = text.printable(scalars: nameScalars)
        return name.isEmpty ? nil : name
    }
}

/// A user in a room.
package struct Membership: Sendable, Hashable {
    package let user: User
    package let room: RoomReference
}
