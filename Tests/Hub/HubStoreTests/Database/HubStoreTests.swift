import CardiogramAPI
import Foundation
import GRDB
import HubAPI
import PulsoidAPI
import TestKit
import Testing

@testable import HubStore

@Suite(.timeLimit(.minutes(1)))
struct HubStoreTests {
    private let directory = TemporaryDirectory()
    private let time = ManualTime()

    private func open() throws -> HubStore {
        try HubStore(path: directory.file("hub.sqlite"), time: time)
    }

    private func reading(_ measuredAt: Int64, _ heartRate: Int = 70) -> StoredReading {
        StoredReading(userID: 1, measuredAtMilliseconds: measuredAt, heartRate: heartRate)
    }

    @Test func store_whenOpenedAgain_hasEverything() async throws {
        var store = try open()
        let anna = try await store.accounts.addUser(named: "Anna")
        let token = try await store.accounts.issueToken(forUser: "Anna", scopes: ["profile:read"])
        let roomID = try await store.accounts.createRoom(config: .object(["n": .integer(1)]))
        try await store.accounts.addMember(anna.profileID, toRoom: roomID)
        try await store.readings.append(reading(1000))
        let before = store.database.directory
        try store.close()
        store = try open()
        #expect(store.database.directory == before)
        #expect(store.database.directory.tokens[TokenHash(of: token.accessToken)]?.userID == anna.id)
        #expect(try await store.readings.latest(ofUser: anna.id)?.heartRate == 70)
    }

    @Test func file_isPrivate_andHoldsNoToken() async throws {
        let store = try open()
        _ = try await store.accounts.addUser(named: "Anna")
        let token = try await store.accounts.issueToken(forUser: "Anna", scopes: HubScope.all).accessToken
        for name in ["hub.sqlite", "hub.sqlite-wal"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: directory.file(name))
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let bytes = try Data(contentsOf: URL(filePath: directory.file(name)))
            #expect(bytes.range(of: Data(token.utf8)) == nil)
        }
    }

    @Test func tokensAndProfiles_areLettersAndDigits() async throws {
        let store = try open()
        _ = try await store.accounts.addUser(named: "Anna")
        let token = try await store.accounts.issueToken(forUser: "Anna", scopes: HubScope.all).accessToken
        #expect(token.wholeMatch(of: /[a-z2-7]{52}/) != nil)
        let profileID = try await store.accounts.addUser(named: "Ben").profileID
        #expect(profileID.wholeMatch(of: /[0-9a-f]{24}/) != nil)
    }

    @Test func repeatedReading_isKeptAndToldOnce() async throws {
        let store = try open()
        _ = try await store.accounts.addUser(named: "Anna")
        let told = Recorder<[StoredReading]>()
        store.database.observe { if case .stored(let readings, _) = $0 { told.append(readings) } }
        try await store.readings.append(reading(1000, 70))
        try await store.readings.append(reading(1000, 71))
        #expect(told.all == [[reading(1000, 70)]])
        #expect(try await store.readings.oldest(ofUser: 1, limit: 10).map(\.heartRate) == [70])
    }

    @Test func writesThatWaitTogether_areAllKept() async throws {
        let store = try open()
        _ = try await store.accounts.addUser(named: "Anna")
        let told = Recorder<[StoredReading]>()
        store.database.observe { if case .stored(let readings, _) = $0 { told.append(readings) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<500 { group.addTask { try await store.readings.append(reading(Int64(index))) } }
            try await group.waitForAll()
        }
        #expect(try await store.readings.oldest(ofUser: 1, limit: 1000).count == 500)
        #expect(Set(told.all.flatMap { $0 }).count == 500)
        // Far fewer transactions than writes.
        #expect(told.all.count < 400)
    }

    @Test func fullDisk_failsTheWrite_andTheNextOneSucceeds() async throws {
        let store = try open()
        _ = try await store.accounts.addUser(named: "Anna")
        let engine = try #require(store.database.engine as? SQLiteEngine)
        let pages = try await engine.writeDirectly { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        try await engine.writeDirectly { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
        let beats = (0..<10_000).map { Beat(start: Int64($0), end: Int64($0), value: 60) }
        await #expect { try await store.readings.append(beats, ofUser: 1) } throws: {
            ($0 as? HubStoreError)?.code == .diskFull
        }
        #expect(try await store.readings.oldestBeats(ofUser: 1, limit: 10).isEmpty)
        try await engine.writeDirectly { try $0.execute(sql: "PRAGMA max_page_count = 1000000") }
        try await store.readings.append(beats, ofUser: 1)
        #expect(try await store.readings.oldestBeats(ofUser: 1, limit: 20_000).count == 10_000)
    }

    @Test func everyCommit_isSyncedToDisk() async throws {
        let store = try open()
        let full = 2
        let engine = try #require(store.database.engine as? SQLiteEngine)
        #expect(try await engine.writeDirectly { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == full)
    }

    @Test func databaseOfAnotherProgram_isRefused() async throws {
        try await DatabaseQueue(path: directory.file("hub.sqlite")).write { try $0.execute(sql: "CREATE TABLE t (x)") }
        #expect { try open() } throws: { ($0 as? HubStoreError)?.code == .foreignDatabase }
    }

    @Test func databaseOfANewerVersion_isRefused() async throws {
        let store = try open()
        try await store.database.write { _ = try $0.execute("INSERT INTO grdb_migrations VALUES ('99')") }
        try store.close()
        #expect { try open() } throws: { ($0 as? HubStoreError)?.code == .newerSchema }
    }

    @Test(arguments: ["", " ", " Anna", "Anna ", "12", "a\nb", "a\u{7F}b", String(repeating: "x", count: 65)])
    func badName_isRefused(name: String) async throws {
        let store = try open()
        await #expect { try await store.accounts.addUser(named: name) } throws: {
            ($0 as? HubStoreError)?.code == .invalidRequest
        }
    }

    @Test(arguments: ["Jörg Müller", "李", "o'Brien; DROP TABLE user", "0x1"]) func anyOtherName_isTaken(
        name: String
    )
        async throws
    {
        let store = try open()
        #expect(try await store.accounts.addUser(named: name).name == name)
    }
}
