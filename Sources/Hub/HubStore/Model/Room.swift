package import PulsoidAPI

/// A room as the hub holds it in memory, with the messages that tell of it ready to be sent.
package struct Room: Sendable, Equatable {
    package let id: String
    /// As the administration has set it: a JSON object.
    package let config: JSONValue
    /// The configuration as the database holds it; nil where it came from elsewhere.
    package private(set) var storedConfig: String?
    /// The `room_updated` message as text. Its timestamp is the moment at which the configuration was last set, so the
    /// text is equal exactly as long as nothing has changed.
    package let updatedText: String
    package var members: [Int64: Member] = [:]

    package init(id: String, config: JSONValue, changedAtMilliseconds: Int64) throws {
        self.id = id
        self.config = config
        updatedText = try RoomMessage(
            timestampMilliseconds: changedAtMilliseconds, payload: .roomUpdated(.init(roomID: id, config: config))
        ).text()
    }

    /// With a configuration as the database holds it, which is not parsed when `known` has the same.
    package init(id: String, stored: String, changedAtMilliseconds: Int64, knowing known: Room? = nil) throws {
        let config = known?.storedConfig == stored ? known?.config : nil
        try self.init(
            id: id, config: config ?? JSONValue(stored: stored), changedAtMilliseconds: changedAtMilliseconds)
        storedConfig = stored
    }
}
