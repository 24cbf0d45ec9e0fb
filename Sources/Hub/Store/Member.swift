import PulsoidAPI

/// A user in a room.
struct Member: Sendable, Equatable {
    let user: User
    /// As the administration has set it: a JSON object.
    let config: JSONValue
    /// The `room_member_updated` message as text, see ``Room/updatedText``.
    let updatedText: String

    init(user: User, config: JSONValue, changedAtMilliseconds: Int64) throws {
        self.user = user
        self.config = config
        updatedText = try RoomMessage(
            timestampMilliseconds: changedAtMilliseconds,
            payload: .memberUpdated(.init(profileID: user.profileID, config: config))
        ).text()
    }
}
