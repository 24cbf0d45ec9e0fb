import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// `GET /api/hub/v1/members/{member}`, with which an overlay finds a member by name.
@Suite(.timeLimit(.minutes(10)))
struct MemberCallTests {
    private static func path(_ name: String) -> String { "/api/hub/v1/members/\(name)" }

    @Test func member_isFoundByNameOrProfile_withATokenForRooms() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna", scopes: ["data:room:read"])
            let ben = try await hub.addUser("Ben Smith")
            let roomID = try await hub.store.accounts.createRoom()
            try await hub.store.accounts.addMember("Anna", toRoom: roomID)
            try await hub.store.accounts.addMember(
                "Ben Smith", toRoom: roomID, config: .object(["name": .string("Benny")]))
            for name in ["Ben%20Smith", "ben%20smith", "Benny", ben.user.profileID] {
                let answer = try await hub.send(.GET, Self.path(name), token: anna.accessToken)
                #expect(answer.status == 200, "\(name)")
                #expect(answer.body.contains(ben.user.profileID))
            }
            for name in ["Carl", "1", "%20"] {
                #expect(try await hub.send(.GET, Self.path(name), token: anna.accessToken).status == 404, "\(name)")
            }
        }
    }

    @Test func others_areNotFound_withoutTheScopeOrTheRoom() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna", scopes: ["data:heart_rate:read"])
            _ = try await hub.addUser("Ben")
            #expect(try await hub.send(.GET, Self.path("anna"), token: anna.accessToken).status == 200)
            #expect(try await hub.send(.GET, Self.path("Ben"), token: anna.accessToken).status == 404)
            let roomID = try await hub.store.accounts.createRoom()
            for name in ["Anna", "Ben"] { try await hub.store.accounts.addMember(name, toRoom: roomID) }
            #expect(try await hub.send(.GET, Self.path("Ben"), token: anna.accessToken).status == 404)
            #expect(try await hub.send(.GET, Self.path("Anna")).status == 401)
        }
    }
}
