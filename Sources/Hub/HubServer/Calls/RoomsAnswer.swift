import HubStore
import PulsoidAPI

/// The answer of `GET /api/hub/v1/rooms`: the rooms of the token's user, with names that Pulsoid's messages do not
/// have.
struct RoomsAnswer: Sendable, Encodable {
    struct Room: Sendable, Encodable {
        let roomID: String
        let config: JSONValue
        let members: [Member]

        private enum CodingKeys: String, CodingKey {
            case roomID = "room_id"
            case config, members
        }
    }

    struct Member: Sendable, Encodable {
        let profileID: String
        let name: String
        let config: JSONValue

        private enum CodingKeys: String, CodingKey {
            case profileID = "profile_id"
            case name, config
        }
    }

    let rooms: [Room]
}

extension RoomsAnswer {
    /// Rooms and members in a stable order.
    init(ofUser userID: Int64, in directory: AccountDirectory) {
        rooms = directory.roomIDs(ofUser: userID).sorted().compactMap { directory.rooms[$0] }.map { room in
            let members = room.members.values.sorted { $0.user.id < $1.user.id }
            return Room(
                roomID: room.id, config: room.config,
                members: members.map { Member(profileID: $0.user.profileID, name: $0.user.name, config: $0.config) })
        }
    }
}
