import HubAPI
import HubFixtures
import PulsoidAPI
import TestKit
import Testing

@testable import HubStore

@Suite(.timeLimit(.minutes(10)))
struct HubStoreTests {
    private let database: TestDatabase
    private let time = ManualTime()

    init() throws {
        database = try TestDatabase()
    }

    private func open() async throws -> HubStore {
        try await database.open(time: time)
    }

    private func reading(_ measuredAt: Int64, _ heartRate: Int = 70) -> StoredReading {
        StoredReading(userID: 1, measuredAtMilliseconds: measuredAt, heartRate: heartRate)
    }

    @Test func store_whenOpenedAgain_hasEverything() async throws {
        var store = try await open()
        let anna = try await store.accounts.addUser(named: "Anna")
        let token = try await store.accounts.issueToken(forUser: "Anna", scopes: ["profile:read"])
        let roomID = try await store.accounts.createRoom(config: .object(["n": .integer(1)]))
        try await store.accounts.addMember(anna.profileID, toRoom: roomID)
        try await store.readings.append(reading(1000))
        let before = store.database.directory
        try store.close()
        store = try await open()
        #expect(store.database.directory == before)
        #expect(store.database.directory.tokens[TokenHash(of: token.accessToken)]?.userID == anna.id)
        #expect(try await store.readings.latest(ofUser: anna.id)?.heartRate == 70)
    }

    @Test func tokensAndProfiles_areLettersAndDigits() async throws {
        let store = try await open()
        _ = try await store.accounts.addUser(named: "Anna")
        let token = try await store.accounts.issueToken(forUser: "Anna", scopes: HubScope.all).accessToken
        #expect(token.wholeMatch(of: /[a-z2-7]{52}/) != nil)
        let profileID = try await store.accounts.addUser(named: "Ben").profileID
        #expect(profileID.wholeMatch(of: /[0-9a-f]{24}/) != nil)
    }

    /// `é` is one scalar, or `e` and a mark, as a keyboard of another system types it.
    @Test func userName_inAnotherSpellingOfUnicode_isTheSameUser() async throws {
        let store = try await open()
        let room = try await store.accounts.createRoom()
        let user = try await store.accounts.addUser(named: "Jos\u{E9}")
        await #expect { try await store.accounts.addUser(named: "Jose\u{301}") } throws: {
            ($0 as? HubStoreError)?.code == .conflict
        }
        let added = try await store.roster.add([RosterEntry(name: "Jose\u{301}", room: room)])
        #expect(added.map(\.isNewUser) == [false])
        #expect(added.map(\.user) == [user])
        #expect(try await store.accounts.user("Jose\u{301}") == user)
        #expect(try await store.accounts.removeUser("Jose\u{301}") == user)
    }

    @Test func userName_thatReadsAsAnotherUsersNumberOrProfile_countsFirst() async throws {
        let store = try await open()
        let anna = try await store.accounts.addUser(named: "Anna")
        let plus = try await store.accounts.addUser(named: "+1")
        let profile = try await store.accounts.addUser(named: anna.profileID)
        #expect(try await store.accounts.user("+1") == plus)
        #expect(try await store.accounts.user(anna.profileID) == profile)
        #expect(try await store.accounts.user("1") == anna)
    }

    @Test func repeatedReading_isKeptAndToldOnce() async throws {
        let store = try await open()
        _ = try await store.accounts.addUser(named: "Anna")
        let told = Recorder<[StoredReading]>()
        store.database.observe { if case .stored(let readings, _) = $0 { told.append(readings) } }
        try await store.database.beginFollowing()
        try await store.readings.append(reading(1000, 70))
        try await store.readings.append(reading(1000, 71))
        try await store.database.engine.followDirectory()
        #expect(told.all == [[reading(1000, 70)]])
        #expect(try await store.readings.oldest(ofUser: 1, limit: 10).map(\.heartRate) == [70])
    }

    @Test func writesThatWaitTogether_areAllKept() async throws {
        let store = try await open()
        _ = try await store.accounts.addUser(named: "Anna")
        let told = Recorder<[StoredReading]>()
        store.database.observe { if case .stored(let readings, _) = $0 { told.append(readings) } }
        try await store.database.beginFollowing()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<500 { group.addTask { try await store.readings.append(reading(Int64(index))) } }
            try await group.waitForAll()
        }
        try await store.database.engine.followDirectory()
        #expect(try await store.readings.oldest(ofUser: 1, limit: 1000).count == 500)
        #expect(Set(told.all.flatMap { $0 }).count == 500)
        // Far fewer transactions than writes.
        #expect(told.all.count < 400)
    }

    @Test(arguments: ["", " ", " Anna", "Anna ", "12", "a\nb", "a\u{7F}b", String(repeating: "x", count: 65)])
    func badName_isRefused(name: String) async throws {
        let store = try await open()
        await #expect { try await store.accounts.addUser(named: name) } throws: {
            ($0 as? HubStoreError)?.code == .invalidRequest
        }
    }

    @Test(arguments: ["Jörg Müller", "李", "o'Brien; DROP TABLE user", "0x1"]) func anyOtherName_isTaken(
        name: String
    )
        async throws
    {
        let store = try await open()
        #expect(try await store.accounts.addUser(named: name).name == name)
    }
}
