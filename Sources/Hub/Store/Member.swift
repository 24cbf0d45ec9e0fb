import PulsoidAPI

/// A user in a room.
struct Member: Sendable, Equatable {
    let user: User
    /// The `room_member_updated` message as text, see ``Room/updatedText``.
    let updatedText: String

    init(user: User, config: JSONValue, changedAtMilliseconds: Int64) throws {
        self.user = user
        updatedText = try RoomMessage(
            timestampMilliseconds: changedAtMilliseconds,
            payload: .memberUpdated(.init(profileID: user.profileID, config: config))
        ).text()
    }
}
