/// One message of a room's stream (docs.pulsoid.net, "Read Room Data via WebSocket").
///
/// ```json
/// {"kind": "heart_rate", "timestamp": "2024-03-01T17:00:00.000Z", "heart_rate": {"profile_id": "…", "bpm": 75}}
/// ```
public struct RoomMessage: Sendable, Hashable {
    /// When the event happened, in milliseconds since the Unix epoch; ISO 8601 in the JSON.
    public var timestampMilliseconds: Int64
    public var payload: Payload

    /// What happened. Exactly one of these is in a message.
    public enum Payload: Sendable, Hashable {
        case heartRate(HeartRate)
        case memberUpdated(MemberUpdated)
        case memberRemoved(MemberRemoved)
        case roomUpdated(RoomUpdated)
    }

    /// A member's heart beats at this rate.
    public struct HeartRate: Sendable, Hashable, Codable {
        public var profileID: String
        /// Beats per minute.
        public var bpm: Int

        public init(profileID: String, bpm: Int) {
            self.profileID = profileID
            self.bpm = bpm
        }

        private enum CodingKeys: String, CodingKey {
            case profileID = "profile_id"
            case bpm
        }
    }

    /// A member was added, or their configuration changed. Sent also once per member just before their first rate.
    public struct MemberUpdated: Sendable, Hashable, Codable {
        public var profileID: String
        /// An arbitrary object.
        public var config: JSONValue

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
        public var profileID: String

        public init(profileID: String) {
            self.profileID = profileID
        }

        private enum CodingKeys: String, CodingKey {
            case profileID = "profile_id"
        }
    }

    /// The room's configuration changed. Sent also once just before the first rate.
    public struct RoomUpdated: Sendable, Hashable, Codable {
        public var roomID: String
        /// An arbitrary object.
        public var config: JSONValue

        public init(roomID: String, config: JSONValue) {
            self.roomID = roomID
            self.config = config
        }

        private enum CodingKeys: String, CodingKey {
            case roomID = "room_id"
            case config
        }
    }

    public init(timestampMilliseconds: Int64, payload: Payload) {
        self.timestampMilliseconds = timestampMilliseconds
        self.payload = payload
    }

    public var kind: RoomMessageKind {
        switch payload {
        case .heartRate: .heartRate
        case .memberUpdated: .memberUpdated
        case .memberRemoved: .memberRemoved
        case .roomUpdated: .roomUpdated
        }
    }
}
