import DateFormats

extension RoomMessage: Codable {
    /// The key of the payload is the name of the kind.
    private enum CodingKeys: String, CodingKey {
        case kind, timestamp
        case heartRate = "heart_rate"
        case memberUpdated = "room_member_updated"
        case memberRemoved = "room_member_removed"
        case roomUpdated = "room_updated"
    }

    /// Decodes a message of any kind.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let timestamp = try container.decode(String.self, forKey: .timestamp)
        guard let milliseconds = ISO8601.milliseconds(timestamp) else {
            throw DecodingError.dataCorruptedError(
                forKey: .timestamp, in: container, debugDescription: "not an ISO 8601 timestamp: \(timestamp)")
        }
        timestampMilliseconds = milliseconds
        payload =
            switch try container.decode(RoomMessageKind.self, forKey: .kind) {
            case .heartRate: .heartRate(try container.decode(HeartRate.self, forKey: .heartRate))
            case .memberUpdated: .memberUpdated(try container.decode(MemberUpdated.self, forKey: .memberUpdated))
            case .memberRemoved: .memberRemoved(try container.decode(MemberRemoved.self, forKey: .memberRemoved))
            case .roomUpdated: .roomUpdated(try container.decode(RoomUpdated.self, forKey: .roomUpdated))
            }
    }

    /// Encodes the message in the documented form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(ISO8601.text(milliseconds: timestampMilliseconds), forKey: .timestamp)
        switch payload {
        case .heartRate(let heartRate): try container.encode(heartRate, forKey: .heartRate)
        case .memberUpdated(let member): try container.encode(member, forKey: .memberUpdated)
        case .memberRemoved(let member): try container.encode(member, forKey: .memberRemoved)
        case .roomUpdated(let room): try container.encode(room, forKey: .roomUpdated)
        }
    }
}
