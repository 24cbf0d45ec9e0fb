import Foundation
import HubServer
import HubStore
import PulsoidAPI
import TestKit
import Testing

/// The room stream, over real WebSockets.
@Suite(.timeLimit(.minutes(10)))
struct HubRoomTests {
    private static let allKinds = "&kinds=heart_rate,room_updated,room_member_updated,room_member_removed"

    /// A room with Anna in it, who watches, and Ben.
    private struct Gym {
        let hub: TestHub
        let roomID: String
        let anna: IssuedToken
        let ben: IssuedToken

        init(_ hub: TestHub) async throws {
            self.hub = hub
            anna = try await hub.addUser("Anna")
            ben = try await hub.addUser("Ben")
            roomID = try await hub.store.accounts.createRoom(config: .object(["name": .string("gym")]))
            try await hub.store.accounts.addMember("Anna", toRoom: roomID, config: .object(["color": .string("red")]))
            try await hub.store.accounts.addMember("Ben", toRoom: roomID)
        }

        func watch(
            _ query: String, as watcher: IssuedToken? = nil,
            _ body: (inout RawConnection) async throws -> Void
        ) async throws {
            let path = PulsoidPath.roomRealTime(roomID: roomID)
            let token = (watcher ?? anna).accessToken
            try await RawConnection.open(port: hub.port) { socket in
                #expect(try await socket.upgrade("\(path)?access_token=\(token)\(query)").status == 101)
                try await body(&socket)
            }
        }
    }

    @Test func room_tellsItsStateLazily() async throws {
        try await TestHub.run { hub in
            let gym = try await Gym(hub)
            try await gym.watch(Self.allKinds) { socket in
                try await hub.write(75, at: 1_709_312_400_000, token: gym.anna.accessToken)
                try await hub.write(76, at: 1_709_312_401_000, token: gym.anna.accessToken)
                try await hub.write(120, at: 1_709_312_401_500, token: gym.ben.accessToken)
                let created = hub.now
                func heartRate(_ token: IssuedToken, _ bpm: Int, _ at: Int64) -> RoomMessage {
                    RoomMessage(
                        timestampMilliseconds: at, payload: .heartRate(.init(profileID: token.user.profileID, bpm: bpm))
                    )
                }
                func member(_ token: IssuedToken, _ config: JSONValue) -> RoomMessage {
                    RoomMessage(
                        timestampMilliseconds: created,
                        payload: .memberUpdated(.init(profileID: token.user.profileID, config: config)))
                }
                let expected = [
                    RoomMessage(
                        timestampMilliseconds: created,
                        payload: .roomUpdated(
                            .init(roomID: gym.roomID, config: .object(["name": .string("gym")])))),
                    member(gym.anna, .object(["color": .string("red")])),
                    heartRate(gym.anna, 75, 1_709_312_400_000),
                    heartRate(gym.anna, 76, 1_709_312_401_000),
                    member(gym.ben, .object([:])),
                    heartRate(gym.ben, 120, 1_709_312_401_500),
                ]
                for message in expected { #expect(try await socket.readRoomMessage() == message) }
            }
        }
    }

    @Test func heartRate_isWrittenAsDocumented() async throws {
        try await TestHub.run { hub in
            let gym = try await Gym(hub)
            try await gym.watch("") { socket in
                try await hub.write(75, at: 1_709_312_400_123, token: gym.ben.accessToken)
                #expect(
                    try await socket.readFrame().text
                        == #"{"kind":"heart_rate","timestamp":"2024-03-01T17:00:00.123Z","#
                        + #""heart_rate":{"profile_id":"\#(gym.ben.user.profileID)","bpm":75}}"#)
            }
        }
    }

    @Test(arguments: [
        ("", ["heart_rate"]), ("&kinds=", ["heart_rate"]), ("&kinds=unheard_of", ["heart_rate"]),
        ("&kinds=room_updated", ["room_updated", "room_updated"]),
        ("&kinds=room_member_updated,%20heart_rate", ["room_member_updated", "heart_rate", "room_member_updated"]),
        ("&kinds=room_member_removed,unheard_of", ["room_member_removed"]),
    ])
    func kinds_chooseWhatIsSent(query: String, kinds: [String]) async throws {
        try await TestHub.run { hub in
            let gym = try await Gym(hub)
            try await gym.watch(query) { socket in
                try await hub.write(75, at: hub.now, token: gym.anna.accessToken)
                hub.time.advance(milliseconds: 1)
                try await hub.store.accounts.setConfig(.object(["name": .string("yard")]), ofRoom: gym.roomID)
                try await hub.store.accounts.addMember("Anna", toRoom: gym.roomID, config: .object([:]))
                try await hub.store.accounts.removeMember("Ben", fromRoom: gym.roomID)
                for kind in kinds { #expect(try await socket.readRoomMessage().kind.rawValue == kind) }
                try await socket.sendFrame(opcode: 0x9)
                #expect(try await socket.readFrame().opcode == 0xA)
            }
        }
    }

    @Test func state_thatWasToldAlready_isNotRepeated() async throws {
        try await TestHub.run { hub in
            let gym = try await Gym(hub)
            try await gym.watch(Self.allKinds) { socket in
                hub.time.advance(milliseconds: 1)
                try await hub.store.accounts.setConfig(.object([:]), ofRoom: gym.roomID)
                try await hub.store.accounts.addMember("Anna", toRoom: gym.roomID, config: .object([:]))
                try await hub.write(75, at: hub.now, token: gym.anna.accessToken)
                let kinds = try await [
                    socket.readRoomMessage().kind, socket.readRoomMessage().kind, socket.readRoomMessage().kind,
                ]
                #expect(kinds == [.roomUpdated, .memberUpdated, .heartRate])
            }
        }
    }

    @Test func removedMember_isDisconnected_andOthersAreTold() async throws {
        try await TestHub.run { hub in
            let gym = try await Gym(hub)
            try await gym.watch(Self.allKinds) { anna in
                try await gym.watch("", as: gym.ben) { ben in
                    try await hub.store.accounts.removeMember("Ben", fromRoom: gym.roomID)
                    let close = try await ben.readFrame()
                    #expect(close.opcode == 8)
                    #expect(close.closeCode == 1008)
                }
                let told = try await anna.readRoomMessage()
                #expect(told.payload == .memberRemoved(.init(profileID: gym.ben.user.profileID)))
                // What Ben's heart does is no longer of this room.
                try await hub.write(99, at: hub.now, token: gym.ben.accessToken)
                try await hub.write(75, at: hub.now, token: gym.anna.accessToken)
                _ = try await anna.readRoomMessage()
                _ = try await anna.readRoomMessage()
                #expect(
                    try await anna.readRoomMessage().payload
                        == .heartRate(.init(profileID: gym.anna.user.profileID, bpm: 75)))
            }
        }
    }

    @Test func administrationOfAnotherProcess_isNoticed() async throws {
        try await TestHub.run { hub in
            let gym = try await Gym(hub)
            let other = try await hub.openAnother()
            try await gym.watch(Self.allKinds) { socket in
                try await other.accounts.removeMember("Ben", fromRoom: gym.roomID)
                await hub.clock.untilSleeping()
                hub.clock.advance(by: .seconds(1))
                #expect(try await socket.readRoomMessage().kind == .memberRemoved)
            }
            try other.close()
        }
    }

    @Test func whoIsNoMember_isRefused() async throws {
        try await TestHub.run { hub in
            let gym = try await Gym(hub)
            let carl = try await hub.addUser("Carl").accessToken
            for roomID in [gym.roomID, "0123456789abcdef01234567"] {
                try await RawConnection.open(port: hub.port) { socket in
                    let answer = try await socket.upgrade(
                        PulsoidPath.roomRealTime(roomID: roomID), headers: ["Authorization: Bearer \(carl)"])
                    #expect(answer.status == 403)
                    #expect(answer.body == #"{"error_code":"403","error_message":"not a member of the room"}"#)
                }
            }
        }
    }

    @Test func readingsOfManyWriters_allArriveOnceAndInOrder() async throws {
        try await TestHub.run { hub in
            let gym = try await Gym(hub)
            let perWriter = 100
            try await gym.watch("") { socket in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for token in [gym.anna, gym.ben] {
                        group.addTask {
                            for index in 0..<perWriter {
                                try await hub.write(
                                    60 + index, at: hub.now - 1000 + Int64(index), token: token.accessToken)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
                var seen: [String: [Int]] = [:]
                for _ in 0..<(2 * perWriter) {
                    if case .heartRate(let heartRate) = try await socket.readRoomMessage().payload {
                        seen[heartRate.profileID, default: []].append(heartRate.bpm)
                    }
                }
                let all = (0..<perWriter).map { 60 + $0 }
                #expect(seen == [gym.anna.user.profileID: all, gym.ben.user.profileID: all])
            }
        }
    }
}

extension RawConnection {
    mutating func readRoomMessage() async throws -> RoomMessage {
        let frame = try await readFrame()
        #expect(frame.opcode == 1)
        return try JSONDecoder().decode(RoomMessage.self, from: Data(frame.payload))
    }
}
