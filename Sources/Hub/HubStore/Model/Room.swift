package import PulsoidAPI

/// A room in memory, with its messages ready to be sent.
package struct Room: Sendable, Equatable {
    package let id: String
    /// A JSON object, as the administration set it.
    package let config: JSONValue
    /// The configuration as the database holds it; nil if it came from elsewhere.
    package private(set) var storedConfig: String?
    /// The `room_updated` message as text. Its timestamp is the time of the last change, so the text changes
    /// exactly with the configuration.
    package let updatedText: String
    package var members: [Int64: Member] = [:]

    package init(id: String, config: JSONValue, changedAtMilliseconds: Int64) throws {
        self.id = id
        self.config = config
        updatedText = try RoomMessage(
            timestampMilliseconds: changedAtMilliseconds, payload: .roomUpdated(.init(roomID: id, config: config))
        ).text()
    }

    /// Uses a configuration as the database holds it. It is not parsed if `known` has the same.
    package init(id: String, stored: String, changedAtMilliseconds: Int64, knowing known: Room? = nil) throws {
        let config = known?.storedConfig == stored ? known?.config : nil
        try self.init(
            id: id, config: config ?? JSONValue(stored: stored), changedAtMilliseconds: changedAtMilliseconds)
        storedConfig = stored
    }
}
