import CardiogramAPI
import Foundation
import GRDB
import HubAPI
import TestKit
import Testing

@testable import HubStore

/// The file of a hub without other hubs.
@Suite(.timeLimit(.minutes(10)))
struct SQLiteFileTests {
    private let directory = TemporaryDirectory()

    private func open() throws -> HubStore {
        try HubStore(path: directory.file("hub.sqlite"), time: ManualTime())
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

    /// Its mode, its journal and its folder too.
    @Test(arguments: ["DELETE", "WAL"])
    func databaseOfAnotherProgram_isRefused_andStaysAsItIs(journal: String) async throws {
        let path = directory.file("hub.sqlite")
        let other = try DatabaseQueue(path: path)
        try await other.writeWithoutTransaction {
            try $0.execute(sql: "PRAGMA journal_mode = \(journal); CREATE TABLE t (x)")
        }
        try other.close()
        try await expectUntouched(path, .foreignDatabase)
    }

    @Test(arguments: ["root:x:0:0:root:/root:/bin/bash\n", String(repeating: "no database ", count: 100)])
    func anotherFile_isRefused_andStaysAsItIs(text: String) async throws {
        let path = directory.file("hub.sqlite")
        try Data(text.utf8).write(to: URL(filePath: path))
        try await expectUntouched(path, .cannotOpen)
    }

    private func expectUntouched(_ path: String, _ code: HubStoreError.Code) async throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        let before = try Data(contentsOf: URL(filePath: path))
        #expect { try open() } throws: { ($0 as? HubStoreError)?.code == code }
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o644)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["hub.sqlite"])
    }

    @Test func file_claimedByAnotherHub_isRefused_untilThatHubHasClosedIt() async throws {
        let first = try open()
        try await first.database.claim()
        let second = try open()
        await #expect { try await second.database.claim() } throws: { ($0 as? HubStoreError)?.code == .cannotOpen }
        // Commands of the administration need no claim.
        _ = try await second.accounts.addUser(named: "Anna")
        try second.close()
        try first.close()
        let third = try open()
        try await third.database.claim()
        try third.close()
    }

    @Test func databaseOfANewerVersion_isRefused() async throws {
        let store = try open()
        try await store.database.write { _ = try $0.execute("INSERT INTO grdb_migrations VALUES ('99')") }
        try store.close()
        #expect { try open() } throws: { ($0 as? HubStoreError)?.code == .newerSchema }
    }
}
