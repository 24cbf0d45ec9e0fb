import CardiogramAPI
import Foundation
import GRDB
import HubAPI
import TestKit
import Testing

@testable import HubStore

/// The file of a hub without other hubs.
@Suite(.timeLimit(.minutes(1)))
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
}
