import CardiogramAPI
import HubFixtures
import TestKit
import Testing

@testable import HubStore

/// A grown file, and a real PostgreSQL: with `HUB_TEST_DATABASE` only.
@Suite(.enabled(if: TestDatabase.isShared), .timeLimit(.minutes(5)))
struct HubMoveTests {
    private let directory = TemporaryDirectory()

    /// Two users with everything that a hub keeps.
    private func grown() async throws -> HubStore {
        let store = try HubStore(path: directory.file("hub.sqlite"), time: ManualTime())
        _ = try await store.accounts.setUp(userNamed: "Anna", room: "Gym")
        let ben = try await store.accounts.addUser(named: "Ben")
        let secret = try await store.oauth.addClient(
            named: "App", id: "app", isConfidential: true, redirectURIs: ["https://app.example/back"])
        #expect(secret.secret != nil)
        let token = try await store.accounts.issueToken(
            forUser: "Ben", scopes: ["data:heart_rate:read"], label: "phone", mayConsent: true)
        let limits = GrantLimits(
            accessTokenSeconds: 60, refreshTokenSeconds: 600, grantsPerUserAndClient: 5, refreshIntervalSeconds: 1)
        _ = try await store.oauth.issuePair(
            of: ProgramConsent(
                clientID: "app", userID: ben.id, token: TokenHash(of: token.accessToken),
                scopes: ["data:heart_rate:read"]), limits)
        try await store.accounts.noteUses([TokenHash(of: token.accessToken): 1_709_312_400_000])
        try await store.database.write { db in
            for index in 0..<2500 as Range<Int64> {
                try db.execute(
                    "INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (?1, ?2, ?3)", 1 + index % 2,
                    1_709_312_400_000 + index * 600_000, 60 + index % 100)
            }
        }
        try await store.readings.append(
            (0..<50).map { Beat(start: $0, end: $0 + 1, value: 60.25 + Double($0)) }, ofUser: 2)
        return store
    }

    private let database: TestDatabase

    init() throws {
        database = try TestDatabase()
    }

    private func open() async throws -> HubStore {
        try await database.open(time: ManualTime())
    }

    @Test func move_copiesEverything_andTheNextUserHasTheNextNumber() async throws {
        let source = try await grown()
        let destination = try await open()
        let rows = try await HubMove(from: source.database, to: destination.database).run()
        #expect(rows["reading"] == 2500)
        #expect(rows["beat"] == 50)
        #expect(rows["client_grant"] == 1)
        try await destination.database.refreshDirectory()
        #expect(destination.database.directory == source.database.directory)
        #expect(try await destination.accounts.tokens() == source.accounts.tokens())
        #expect(try await destination.oauth.clients() == source.oauth.clients())
        #expect(try await destination.accounts.addUser(named: "Cleo").id == 3)
    }

    @Test func move_whenInterrupted_goesOn() async throws {
        let source = try await grown()
        let destination = try await open()
        let copied = Recorder<HubMove.Progress>()
        let move = Task {
            try await HubMove(from: source.database, to: destination.database) { progress in
                copied.append(progress)
                if progress == .copied(table: "reading", rows: 1000) { withUnsafeCurrentTask { $0?.cancel() } }
            }.run()
        }
        await #expect(throws: (any Error).self) { try await move.value }
        let again = Recorder<HubMove.Progress>()
        let rows = try await HubMove(from: source.database, to: destination.database) { again.append($0) }.run()
        #expect(rows["reading"] == 2500)
        // The first thousand were there.
        #expect(again.all.contains(.copied(table: "reading", rows: 1500)))
        #expect(!again.all.contains(.copied(table: "reading", rows: 2500)))
    }

    @Test func change_duringTheMove_isFound() async throws {
        let source = try await grown()
        let destination = try await open()
        _ = try await HubMove(from: source.database, to: destination.database).run()
        try await destination.database.write { db in
            _ = try db.execute("UPDATE reading SET heart_rate = heart_rate + 1 WHERE user_id = 1 AND heart_rate = 62")
            // As if it had been interrupted before.
            _ = try db.execute("DELETE FROM hub_move WHERE part = 'verified'")
        }
        await #expect {
            try await HubMove(from: source.database, to: destination.database).run()
        } throws: {
            "\($0)".contains("The table reading differs")
        }
    }

    /// "Empty the database" would be bad advice for one that hubs serve.
    @Test func move_thatHasFinished_isNotRepeated() async throws {
        let source = try await grown()
        let destination = try await open()
        _ = try await HubMove(from: source.database, to: destination.database).run()
        try await destination.readings.append(
            StoredReading(userID: 1, measuredAtMilliseconds: 1_709_312_400_001, heartRate: 60))
        await #expect {
            try await HubMove(from: source.database, to: destination.database).run()
        } throws: {
            "\($0)".contains("moved to the database before") && !"\($0)".contains("mpty")
        }
    }

    @Test func databaseWithAPartOfAHub_isNotServed_untilTheMoveHasFinished() async throws {
        let source = try await grown()
        let destination = try await open()
        let move = Task {
            try await HubMove(from: source.database, to: destination.database) { progress in
                if progress == .copied(table: "reading", rows: 1000) { withUnsafeCurrentTask { $0?.cancel() } }
            }.run()
        }
        await #expect(throws: (any Error).self) { try await move.value }
        await #expect {
            try await open().database.beginFollowing()
        } throws: {
            "\($0)".contains("strapline-hub move")
        }
        // A change by a command would end the move.
        await #expect { try await open().requireWhole() } throws: { ($0 as? HubStoreError)?.code == .cannotOpen }
        _ = try await HubMove(from: source.database, to: destination.database).run()
        try await open().database.beginFollowing()
        try await open().requireWhole()
    }

    @Test func databaseWithUsers_isRefused() async throws {
        let source = try await grown()
        let destination = try await open()
        _ = try await destination.accounts.addUser(named: "Zoe")
        await #expect {
            try await HubMove(from: source.database, to: destination.database).run()
        } throws: {
            ($0 as? HubStoreError)?.code == .conflict
        }
    }
}
