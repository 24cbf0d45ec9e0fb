import Foundation
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// The hub's own calls: rooms with names, and history.
@Suite(.timeLimit(.minutes(10)))
struct HubHistoryTests {
    private struct Answer: Decodable {
        struct Point: Decodable, Equatable {
            let at: Int64
            let minimum_bpm: Int
            let average_bpm: Double
            let maximum_bpm: Int
            let count: Int
        }

        let profile_id: String
        let from: Int64
        let to: Int64
        let resolution: Int64
        let minimum_bpm: Int?
        let average_bpm: Double?
        let maximum_bpm: Int?
        let count: Int
        let points: [Point]
    }

    private static let path = "/api/hub/v1/readings"

    private func history(_ hub: TestHub, _ query: String, token: String) async throws -> Answer {
        let answer = try await hub.send(.GET, "\(Self.path)?\(query)", token: token)
        #expect(answer.status == 200, "\(answer.body)")
        return try JSONDecoder().decode(Answer.self, from: Data(answer.body.utf8))
    }

    @Test func rooms_areThoseOfTheUser_withTheirMembers() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let ben = try await hub.addUser("Ben")
            let roomID = try await hub.store.accounts.createRoom(config: .object(["name": .string("gym")]))
            try await hub.store.accounts.addMember("Ben", toRoom: roomID)
            try await hub.store.accounts.addMember(
                "Anna", toRoom: roomID, config: .object(["max_heart_rate": .integer(180)]))
            let other = try await hub.store.accounts.createRoom()
            try await hub.store.accounts.addMember("Ben", toRoom: other)
            let answer = try await hub.send(.GET, "/api/hub/v1/rooms", token: anna.accessToken)
            #expect(
                answer.body == """
                    {"rooms":[{"config":{"name":"gym"},"members":[\
                    {"config":{"max_heart_rate":180},"name":"Anna","profile_id":"\(anna.user.profileID)"},\
                    {"config":{},"name":"Ben","profile_id":"\(ben.user.profileID)"}],"room_id":"\(roomID)"}]}
                    """)
            let none = try await hub.addUser("Carl")
            #expect(
                try await hub.send(.GET, "/api/hub/v1/rooms", token: none.accessToken).body == #"{"rooms":[]}"#)
            let writer = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: ["data:heart_rate:write"])
            #expect(try await hub.send(.GET, "/api/hub/v1/rooms", token: writer.accessToken).status == 401)
            #expect(try await hub.send(.GET, "/api/hub/v1/rooms").status == 401)
        }
    }

    @Test func readings_becomePointsOfTheResolution() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let start = hub.now / 60_000 * 60_000 - 600_000
            for (second, bpm) in [(0, 60), (1, 61), (9, 80), (10, 90), (35, 100)] {
                try await hub.write(bpm, at: start + Int64(second) * 1000, token: anna.accessToken)
            }
            let answer = try await history(
                hub, "from=\(start + 1000)&to=\(start + 35_000)&resolution=10", token: anna.accessToken)
            #expect(
                answer.points == [
                    .init(at: start, minimum_bpm: 61, average_bpm: 70.5, maximum_bpm: 80, count: 2),
                    .init(at: start + 10_000, minimum_bpm: 90, average_bpm: 90, maximum_bpm: 90, count: 1),
                ])
            #expect(answer.profile_id == anna.user.profileID)
            #expect([answer.minimum_bpm, answer.maximum_bpm] == [61, 90])
            #expect(answer.average_bpm == 77)
            #expect(answer.count == 3)
            let whole = try await history(hub, "", token: anna.accessToken)
            #expect(whole.count == 5)
            #expect(whole.points.count <= 300)
        }
    }

    @Test func timeWithoutReadings_hasNoPointsAndNoAverage() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let answer = try await hub.send(
                .GET, "\(Self.path)?from=1000&to=2000", token: anna.accessToken)
            #expect(
                answer.body == """
                    {"average_bpm":null,"count":0,"from":1000,"maximum_bpm":null,"minimum_bpm":null,"points":[],\
                    "profile_id":"\(anna.user.profileID)","resolution":1,"to":2000}
                    """)
        }
    }

    @Test(arguments: [
        "from=a", "to=-1", "from=2000&to=1000", "from=1000&to=1000", "from=0&to=9223372036854775807", "resolution=0",
        "from=0&to=2001001&resolution=1", "resolution=999999999", "resolution=1.5", "from=0&to=700000000",
    ])
    func queryBeyondTheBounds_isRefused(query: String) async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let answer = try await hub.send(.GET, "\(Self.path)?\(query)", token: anna.accessToken)
            #expect(answer.status == 400, "\(query): \(answer.body)")
        }
    }

    @Test func longestQuery_isAnswered() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let week: Int64 = 7 * 24 * 60 * 60
            let answer = try await history(
                hub, "from=\(hub.now - week * 1000)&to=\(hub.now)&resolution=303", token: anna.accessToken)
            #expect(answer.count == 0)
        }
    }

    @Test func membersOfARoom_seeTheLastDayOfOneAnother_andOthersNothing() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna")
            let ben = try await hub.addUser("Ben")
            let carl = try await hub.addUser("Carl")
            let roomID = try await hub.store.accounts.createRoom()
            try await hub.store.accounts.addMember("Anna", toRoom: roomID)
            try await hub.store.accounts.addMember("Ben", toRoom: roomID)
            let day: Int64 = 24 * 60 * 60 * 1000
            try await hub.write(70, at: hub.now - 2 * day, token: ben.accessToken)
            try await hub.write(80, at: hub.now - day / 2, token: ben.accessToken)
            let ofBen = "profile_id=\(ben.user.profileID)&from=\(hub.now - 3 * day)&to=\(hub.now)"

            let seenByAnna = try await history(hub, ofBen, token: anna.accessToken)
            #expect(seenByAnna.count == 1)
            #expect(seenByAnna.from == hub.now - day)
            #expect(try await history(hub, ofBen, token: ben.accessToken).count == 2)
            let old = "profile_id=\(ben.user.profileID)&from=\(hub.now - 3 * day)&to=\(hub.now - 2 * day + 1)"
            #expect(try await history(hub, old, token: anna.accessToken).count == 0)

            let roomOnly = try await hub.store.accounts.issueToken(forUser: "Ben", scopes: ["data:room:read"])
            #expect(try await history(hub, ofBen, token: roomOnly.accessToken).count == 1)
            #expect(try await hub.send(.GET, "\(Self.path)?\(ofBen)", token: carl.accessToken).status == 403)
            #expect(
                try await hub.send(.GET, "\(Self.path)?profile_id=nobody", token: anna.accessToken).status == 403)
            let reader = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: ["data:heart_rate:read"])
            #expect(try await hub.send(.GET, "\(Self.path)?\(ofBen)", token: reader.accessToken).status == 401)
            let writer = try await hub.store.accounts.issueToken(forUser: "Ben", scopes: ["data:heart_rate:write"])
            #expect(try await hub.send(.GET, Self.path, token: writer.accessToken).status == 401)
        }
    }
}
