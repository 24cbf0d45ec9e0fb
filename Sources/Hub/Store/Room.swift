import PulsoidAPI

/// A room as the hub holds it in memory, with the messages that tell of it ready to be sent.
struct Room: Sendable, Equatable {
    let id: String
    /// As the administration has set it: a JSON object.
    let config: JSONValue
    /// The `room_updated` message as text. Its timestamp is the moment at which the configuration was last set, so the
    /// text is equal exactly as long as nothing has changed.
    let updatedText: String
    var members: [Int64: Member] = [:]

    init(id: String, config: JSONValue, changedAtMilliseconds: Int64) throws {
        self.id = id
        self.config = config
        updatedText = try RoomMessage(
            timestampMilliseconds: changedAtMilliseconds, payload: .roomUpdated(.init(roomID: id, config: config))
        ).text()
    }
}
