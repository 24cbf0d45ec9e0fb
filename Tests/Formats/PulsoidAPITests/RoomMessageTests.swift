import FoundationEssentials
import PulsoidAPI
import Testing

@Suite struct RoomMessageTests {
    private static let profile = "0123456789abcdef01234567"
    private static let config: JSONValue = .object([
        "name": .string("Ada"), "zones": .array([.integer(120), .number(140.5)]), "public": .bool(true), "team": .null,
    ])
    private static let messages = [
        RoomMessage(timestampMilliseconds: 1_709_312_400_000, payload: .heartRate(.init(profileID: profile, bpm: 75))),
        RoomMessage(
            timestampMilliseconds: 1_709_312_400_001,
            payload: .memberUpdated(.init(profileID: profile, config: config))),
        RoomMessage(timestampMilliseconds: 1_709_312_400_999, payload: .memberRemoved(.init(profileID: profile))),
        RoomMessage(timestampMilliseconds: 0, payload: .roomUpdated(.init(roomID: "room", config: config))),
    ]

    private func decode(_ text: String) throws -> RoomMessage {
        try JSONDecoder().decode(RoomMessage.self, from: Data(text.utf8))
    }

    @Test func decode_ofAHeartRate() throws {
        let message = try decode(
            #"{"kind":"heart_rate","timestamp":"2024-03-01T17:00:00.250Z","heart_rate":{"profile_id":"p","bpm":75}}"#)
        #expect(message.kind == .heartRate)
        #expect(message.timestampMilliseconds == 1_709_312_400_250)
        #expect(message.payload == .heartRate(.init(profileID: "p", bpm: 75)))
    }

    @Test(arguments: messages) func encode_ofEachKind_hasOnePayloadNamedAfterIt(message: RoomMessage) throws {
        let data = try JSONEncoder().encode(message)
        guard case .object(let fields) = try JSONDecoder().decode(JSONValue.self, from: data) else {
            Issue.record("not an object")
            return
        }
        #expect(Set(fields.keys) == ["kind", "timestamp", message.kind.rawValue])
        #expect(fields["kind"] == .string(message.kind.rawValue))
        #expect(try decode(String(decoding: data, as: UTF8.self)) == message)
    }

    @Test(arguments: [
        #"{"kind":"weather","timestamp":"2024-03-01T17:00:00Z","weather":{}}"#,
        #"{"kind":"heart_rate","timestamp":"2024-03-01T17:00:00Z"}"#,
        #"{"kind":"heart_rate","timestamp":"today","heart_rate":{"profile_id":"p","bpm":75}}"#,
        #"{"kind":"heart_rate","timestamp":"2024-03-01T17:00:00Z","heart_rate":{"profile_id":"p","bpm":7.5}}"#,
        #"{"timestamp":"2024-03-01T17:00:00Z","heart_rate":{"profile_id":"p","bpm":75}}"#,
    ])
    func decode_ofAnythingElse_throws(text: String) {
        #expect(throws: DecodingError.self) { try decode(text) }
    }
}

@Suite struct RoomMessageKindTests {
    @Test func query_isReadBack() {
        #expect(RoomMessageKind.query(for: [.roomUpdated, .heartRate]) == "heart_rate,room_updated")
        #expect(RoomMessageKind.kinds(inQuery: "heart_rate,room_updated") == [.heartRate, .roomUpdated])
    }

    @Test func kinds_whenNoneIsKnown_areTheDefaults() {
        #expect(RoomMessageKind.kinds(inQuery: "") == [.heartRate])
        #expect(RoomMessageKind.kinds(inQuery: "weather,") == [.heartRate])
        #expect(RoomMessageKind.kinds(inQuery: "weather, room_updated") == [.roomUpdated])
    }
}
