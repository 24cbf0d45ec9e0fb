import PulsoidAPI
import Testing

@testable import HubStore

struct DirectoryTests {
    private let anna = User(id: 1, profileID: "a", name: "Anna")
    private let ben = User(id: 2, profileID: "b", name: "Ben")

    private func room(_ members: [User], changedAt: Int64 = 0, memberChangedAt: Int64 = 0) throws -> Room {
        var room = try Room(id: "r", config: .object([:]), changedAtMilliseconds: changedAt)
        for user in members {
            room.members[user.id] = try Member(
                user: user, config: .object([:]), changedAtMilliseconds: memberChangedAt)
        }
        return room
    }

    private func directory(_ rooms: [Room], tokens: [Token] = []) -> AccountDirectory {
        AccountDirectory(users: [anna, ben], tokens: tokens, rooms: rooms)
    }

    @Test func sameDirectory_hasNoChanges() throws {
        let one = directory([try room([anna])])
        #expect(one.changes(to: one).isEmpty)
    }

    @Test func newRoomAndNewToken_areNobodysBusiness() throws {
        let token = Token(hash: TokenHash(of: "t"), userID: 1, scopes: [], expiresAtMilliseconds: nil)
        #expect(directory([]).changes(to: directory([try room([anna])], tokens: [token])).isEmpty)
    }

    @Test func member_addedChangedRemoved() throws {
        let without = directory([try room([anna])])
        let with = directory([try room([anna, ben])])
        let bensMembership = try #require(try room([ben]).members[2])
        #expect(without.changes(to: with) == [.memberUpdated(bensMembership, roomID: "r")])
        #expect(with.changes(to: without) == [.memberRemoved(ben, roomID: "r")])
        let changed = directory([try room([anna], memberChangedAt: 1)])
        #expect(without.changes(to: changed).count == 1)
    }

    @Test func room_changedOrGone() throws {
        let before = directory([try room([anna])])
        let changed = try room([anna], changedAt: 1)
        #expect(before.changes(to: directory([changed])) == [.roomUpdated(changed)])
        #expect(before.changes(to: directory([])) == [.memberRemoved(anna, roomID: "r")])
    }

    @Test func token_ended() {
        let token = Token(hash: TokenHash(of: "t"), userID: 1, scopes: [], expiresAtMilliseconds: nil)
        #expect(directory([], tokens: [token]).changes(to: directory([])) == [.tokenEnded(token.hash)])
    }

    @Test func roomIDs_areThoseOfTheMember() throws {
        let directory = directory([try room([anna])])
        #expect(directory.roomIDs(ofUser: 1) == ["r"])
        #expect(directory.roomIDs(ofUser: 2) == [])
    }
}
