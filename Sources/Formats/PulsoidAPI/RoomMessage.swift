/// One message of a room's stream.
///
/// ```json
/// {"kind": "heart_rate", "timestamp": "2024-03-01T17:00:00.000Z", "heart_rate": {"profile_id": "…", "bpm": 75}}
/// ```
///
/// [Read Room Data via WebSocket](https://docs.pulsoid.net/)
public struct RoomMessage: Sendable, Hashable {
    /// The time of the event in milliseconds since the Unix epoch. The JSON has ISO 8601 text.
    public var timestampMilliseconds: Int64
    /// The event.
    public var payload: Payload

    /// The event of a message.
    public enum Payload: Sendable, Hashable {
        /// The heart rate of a member.
        case heartRate(HeartRate)
        /// A member was added or changed.
        case memberUpdated(MemberUpdated)
        /// A member was removed.
        case memberRemoved(MemberRemoved)
        /// The room was changed.
        case roomUpdated(RoomUpdated)
    }

    /// The heart rate of a member.
    public struct HeartRate: Sendable, Hashable, Codable {
        /// The profile of the member.
        public var profileID: String
        /// Beats per minute.
        public var bpm: Int

        /// Makes the content.
        public init(profileID: String, bpm: Int) {
            self.profileID = profileID
            self.bpm = bpm
        }

        private enum CodingKeys: String, CodingKey {
            case profileID = "profile_id"
            case bpm
        }
    }

    /// A member was added, or its configuration changed. Also sent once for each member before its first rate.
    public struct MemberUpdated: Sendable, Hashable, Codable {
        /// The profile of the member.
        public var profileID: String
        /// An arbitrary object.
        public var config: JSONValue

        /// Makes the content.
        public init(profileID: String, config: JSONValue) {
            self.profileID = profileID
            self.config = config
        }

        private enum CodingKeys: String, CodingKey {
            case profileID = "profile_id"
            case config
        }
    }

    /// A member was removed.
    public struct MemberRemoved: Sendable, Hashable, Codable {
        /// The profile of the member.
        public var profileID: String

        /// Makes the content.
        public init(profileID: String) {
            self.profileID = profileID
        }

        private enum CodingKeys: String, CodingKey {
            case profileID = "profile_id"
        }
    }

    /// The configuration of the room changed. Also sent once before the first rate.
    public struct RoomUpdated: Sendable, Hashable, Codable {
        /// The room.
        public var roomID: String
        /// An arbitrary object.
        public var config: JSONValue

        /// Makes the content.
        public init(roomID: String, config: JSONValue) {
            self.roomID = roomID
            self.config = config
        }

        private enum CodingKeys: String, CodingKey {
            case roomID = "room_id"
            case config
        }
    }

    /// Makes a message.
    public init(timestampMilliseconds: Int64, payload: Payload) {
        self.timestampMilliseconds = timestampMilliseconds
        self.payload = payload
    }

    /// The kind of the event.
    public var kind: RoomMessageKind {
        switch payload {
        case .heartRate: .heartRate
        case .memberUpdated: .memberUpdated
        case .memberRemoved: .memberRemoved
        case .roomUpdated: .roomUpdated
        }
    }
}
