import PulsoidAPI

/// A user in a room.
struct Member: Sendable, Equatable {
    let user: User
    /// As the administration has set it: a JSON object.
    let config: JSONValue
    /// The configuration as the database holds it; nil where it came from elsewhere.
    private(set) var storedConfig: String?
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

    /// With a configuration as the database holds it, which is not parsed when `known` has the same.
    init(user: User, stored: String, changedAtMilliseconds: Int64, knowing known: Member? = nil) throws {
        let config = known?.storedConfig == stored ? known?.config : nil
        try self.init(
            user: user, config: config ?? JSONValue(stored: stored), changedAtMilliseconds: changedAtMilliseconds)
        storedConfig = stored
    }
}
