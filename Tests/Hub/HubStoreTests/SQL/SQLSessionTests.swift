import FoundationEssentials
import HubFixtures
import TestKit
import Testing

@testable import HubStore

/// The small layer over SQL that tables use.
struct SQLSessionTests {
    private let database: TestDatabase

    init() throws {
        database = try TestDatabase()
    }

    private func open() async throws -> HubStore {
        try await database.open(time: ManualTime())
    }

    @Test func parameter_whenUsedTwice_andOutOfOrder_isTheSame() async throws {
        let store = try await open()
        let row = try await store.database.read { try $0.row("SELECT ?2, ?1, ?2", "one", 2) }
        let found = try #require(row)
        #expect(try found[0] as Int == 2)
        #expect(try found[1] as String == "one")
        #expect(try found[2] as Int64 == 2)
    }

    @Test func value_ofEachType_comesBackAsItWas() async throws {
        let store = try await open()
        let bytes = Data([0, 1, 255])
        let row = try await store.database.read {
            try $0.row("SELECT ?1, ?2, ?3, ?4, ?5", Int64.max, 1.5, "é\u{1}", bytes, String?.none)
        }
        let found = try #require(row)
        #expect(try found[0] as Int64 == .max)
        #expect(try found[1] as Double == 1.5)
        #expect(try found[2] as String == "é\u{1}")
        #expect(try found[3] as Data == bytes)
        #expect(try found[4] as String? == nil)
    }

    @Test func column_ofAnotherType_throws() async throws {
        let store = try await open()
        let row = try await store.database.read { try $0.row("SELECT 'text', NULL") }
        let found = try #require(row)
        #expect(throws: SQLTypeError.self) { try found[0] as Int }
        #expect(throws: SQLTypeError.self) { try found[1] as String }
        #expect(throws: SQLTypeError.self) { try found[2] as String? }
    }

    @Test func savepoint_whenRefused_undoesItsPartOnly() async throws {
        let store = try await open()
        try await store.database.write { db in
            try db.execute("INSERT INTO noted_change (at_ms, line) VALUES (1, 'kept')")
            try db.savepoint {
                try db.execute("INSERT INTO noted_change (at_ms, line) VALUES (2, 'undone')")
                return false
            }
            try db.savepoint {
                try db.execute("INSERT INTO noted_change (at_ms, line) VALUES (3, 'kept too')")
                return true
            }
        }
        #expect(try await store.database.takeNotedChanges().map(\.text) == ["kept", "kept too"])
    }

    @Test func write_whenItThrows_changesNothing() async throws {
        let store = try await open()
        await #expect(throws: HubStoreError.self) {
            try await store.database.write { db in
                try db.execute("INSERT INTO noted_change (at_ms, line) VALUES (1, 'undone')")
                throw HubStoreError(.conflict, "no")
            }
        }
        #expect(try await store.database.takeNotedChanges().isEmpty)
    }

    @Test func tokenID_findsItsTokenOnly() async throws {
        let store = try await open()
        _ = try await store.accounts.addUser(named: "Anna")
        let token = try await store.accounts.issueToken(forUser: "Anna", scopes: ["data:heart_rate:read"])
        let id = TokenHash(of: token.accessToken).tokenID
        let others = [
            id.uppercased(), String(id.dropLast()), id + "0", "%" + id.dropFirst(), "é" + id.dropFirst(2), "",
        ]
        for other in others where other != id {
            await #expect(throws: HubStoreError.self, "\(other)") { try await store.accounts.removeToken(other) }
        }
        #expect(try await store.accounts.removeToken(id) == 0)
    }
}
