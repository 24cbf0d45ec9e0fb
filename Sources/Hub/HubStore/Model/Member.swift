package import PulsoidAPI

/// A user in a room.
package struct Member: Sendable, Equatable {
    package let user: User
    /// A JSON object, as the administration set it.
    package let config: JSONValue
    /// The configuration as the database holds it; nil if it came from elsewhere.
    package private(set) var storedConfig: String?
    /// The `room_member_updated` message as text, see ``Room/updatedText``.
    package let updatedText: String

    package init(user: User, config: JSONValue, changedAtMilliseconds: Int64) throws {
        self.user = user
        self.config = config
        updatedText = try RoomMessage(
            timestampMilliseconds: changedAtMilliseconds,
            payload: .memberUpdated(.init(profileID: user.profileID, config: config))
        ).text()
    }

    /// Uses a configuration as the database holds it. It is not parsed if `known` has the same.
    package init(user: User, stored: String, changedAtMilliseconds: Int64, knowing known: Member? = nil) throws {
        let config = known?.storedConfig == stored ? known?.config : nil
        try self.init(
            user: user, config: config ?? JSONValue(stored: stored), changedAtMilliseconds: changedAtMilliseconds)
        storedConfig = stored
    }
}
