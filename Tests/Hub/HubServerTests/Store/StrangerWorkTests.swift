import CardiogramAPI
import GRDB
import HubFixtures
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// The store's work for strangers and for the administration.
@Suite(.timeLimit(.minutes(10)))
struct StrangerWorkTests {
    /// Limits under which a flood reaches the store.
    private static var limits: HubLimits {
        var limits = HubLimits()
        let none = HubLimits.Rate(perSecond: 0, burst: 0)
        (limits.oauthRate, limits.refusedRate, limits.pageRate) = (none, none, none)
        return limits
    }

    /// A database with one user and so many tokens.
    private static func fill(_ database: TestDatabase, tokens: Int) async throws {
        let store = try await database.open(time: ManualTime())
        let user = try await store.accounts.addUser(named: "Anna")
        try await store.database.write { db in
            for index in 0..<tokens {
                try db.execute(
                    "INSERT INTO token (hash, user_id, scopes, issued_at_ms) VALUES (?1, ?2, 'profile:read', 0)",
                    TokenHash(of: "token \(index)").bytes, user.id)
            }
        }
        try store.close()
    }

    /// Another program holds the database's write lock all the time: whatever wanted it would fail after some seconds.
    @Test func nonsense_with10000Tokens_takesNoWriteLock_andReadsNothingAgain() async throws {
        let folder = TemporaryDirectory()
        try await Self.fill(TestDatabase(.file(folder.file("hub.sqlite"))), tokens: 10_000)
        try await TestHub.run(limits: Self.limits, database: folder.file("hub.sqlite")) { hub in
            #expect(hub.store.database.directory.tokens.count == 10_000)
            let before = hub.store.database.work
            var configuration = Configuration()
            configuration.allowsUnsafeTransactions = true
            let other = try DatabaseQueue(path: hub.path, configuration: configuration)
            try await other.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
            for index in 0..<500 {
                #expect(try await hub.submit(PulsoidPath.revoke, ["token": "nonsense \(index)"]).status == 200)
                #expect(try await hub.refresh("nonsense \(index)").oauthError == "invalid_grant")
            }
            for (method, path, status) in [
                (.GET, PulsoidPath.validateToken, 401), (.POST, PulsoidPath.data, 401),
                (.GET, "/api/hub/v1/admin/users", 401), (.DELETE, "/api/hub/v1/admin/users/1", 401),
                (.GET, PulsoidPath.realTime, 401),
            ] as [(HTTPMethod, String, Int)] {
                for index in 0..<20 {
                    #expect(try await hub.send(method, path, token: "nonsense \(index)").status == status)
                }
            }
            let code = ["grant_type": "authorization_code", "client_id": "strapline-hub", "code": "x"]
            #expect(try await hub.submit(PulsoidPath.token, code).status == 400)
            #expect(try await hub.submit(PulsoidPath.token, ["grant_type": "x", "client_id": "nobody"]).status == 401)
            let form = ["user_code": "BBBB-BBBB", "decision": "allow", "access_token": "nonsense"]
            #expect(try await hub.submit(PulsoidPath.deviceConsent, form).status == 400)
            await hub.tick()
            #expect(hub.store.database.work == before)
            try await other.writeWithoutTransaction { try $0.rollback() }
        }
    }

    @Test func change_with10000Tokens_readsItsRowsAlone() async throws {
        let database = try TestDatabase()
        try await Self.fill(database, tokens: 10_000)
        let store = try await database.open(time: ManualTime())
        let other = try await database.open(time: ManualTime())
        let reads = store.database.work.directoryReads
        let own = try await store.accounts.issueToken(forUser: "Anna", scopes: ["profile:read"])
        #expect(store.database.work.directoryRows == 1)
        let others = try await other.accounts.issueToken(forUser: "Anna", scopes: ["profile:read"])
        try await store.database.refreshDirectory()
        #expect(store.database.work.directoryRows == 2)
        #expect(store.database.work.directoryReads == reads)
        for token in [own, others] {
            #expect(store.database.directory.tokens[TokenHash(of: token.accessToken)] != nil)
        }
        // Readings are none of the directory's business.
        try await other.readings.append(
            StoredReading(userID: 1, measuredAtMilliseconds: 1_767_225_600_000, heartRate: 60))
        try await store.database.refreshDirectory()
        #expect(store.database.work.directoryRows == 2)
    }

    /// Whatever is changed, by whichever process: the rows that were read alone make what all rows make.
    @Test func directory_afterEachChange_isWhatAWholeReadGives() async throws {
        let database = try TestDatabase()
        let store = try await database.open(time: ManualTime())
        let other = try await database.open(time: ManualTime())
        let time = ManualTime()
        var roomID = ""
        var grant: Int64 = 0
        let changes: [() async throws -> Void] = [
            { for name in ["Anna", "Ben", "Cleo"] { _ = try await other.accounts.addUser(named: name) } },
            { roomID = try await other.accounts.createRoom(config: .object(["name": .string("Gym")])) },
            { for name in ["Anna", "Ben"] { try await other.accounts.addMember(name, toRoom: roomID) } },
            { _ = try await other.accounts.issueToken(forUser: "Anna", scopes: ["profile:read"]) },
            { _ = try await other.accounts.issueAdminToken(named: "script") },
            { try await other.accounts.setConfig(.object(["name": .string("Pool")]), ofRoom: roomID) },
            { try await other.accounts.addMember("Ben", toRoom: roomID, config: .object(["color": .string("red")])) },
            {
                grant = try await other.database.write { db in
                    let grant = try db.newID(
                        """
                        INSERT INTO client_grant (client_id, user_id, scopes, granted_at_ms)
                        VALUES ('strapline-hub', 2, 'profile:read', 0) RETURNING id
                        """)
                    try db.execute(
                        """
                        INSERT INTO token (hash, user_id, scopes, issued_at_ms, grant_id)
                        VALUES (?1, 2, 'profile:read', 0, ?2)
                        """, TokenHash(of: "program").bytes, grant)
                    return grant
                }
            },
            { try await other.accounts.removeMember("Anna", fromRoom: roomID) },
            {
                try await other.database.write {
                    _ = try $0.execute(#"UPDATE "user" SET name = 'Benno' WHERE id = 2"#)
                }
            },
            {
                let grant = grant
                try await other.database.write {
                    _ = try $0.execute("DELETE FROM client_grant WHERE id = ?1", grant)
                }
            },
            { try await other.accounts.removeAdminToken(1) },
            { try await other.accounts.removeUser("Benno") },
            { try await other.accounts.removeRoom(roomID) },
        ]
        for change in changes {
            try await change()
            try await store.database.refreshDirectory()
            let whole = try await database.open(time: time)
            #expect(store.database.directory == whole.database.directory)
            try whole.close()
        }
        #expect(store.database.work.directoryReads == 1)
    }

    @Test func processThatHasMissedTooMuch_readsAll() async throws {
        let database = try TestDatabase()
        let store = try await database.open(time: ManualTime())
        try await Self.fill(database, tokens: 10_050)
        let other = try await database.open(time: ManualTime())
        _ = try await other.accounts.issueToken(forUser: "Anna", scopes: ["profile:read"])
        try await store.database.refreshDirectory()
        #expect(store.database.work.directoryReads == 2)
        #expect(store.database.directory == other.database.directory)
        let kept = try await other.database.read { try $0.value("SELECT count(*) FROM directory_log") as Int? }
        #expect(kept == 10_000)
    }

    /// As an older version has kept it: 500 objects within one another took the writer ten seconds at each change.
    @Test func configuration_thatIsTooDeep_inAnOldDatabase_isEmpty_andNotParsed() async throws {
        let database = try TestDatabase()
        let store = try await database.open(time: ManualTime())
        let roomID = try await store.accounts.createRoom()
        _ = try await store.accounts.addUser(named: "Anna")
        try await store.accounts.addMember("Anna", toRoom: roomID)
        let deep = String(repeating: #"{"a":"#, count: 2000) + "1" + String(repeating: "}", count: 2000)
        let wide = "{\"a\":[" + String(repeating: "1,", count: 20_000) + "1]}"
        try await store.database.write { db in
            try db.execute("UPDATE room SET config = ?1", deep)
            try db.execute("UPDATE room_member SET config = ?1", wide)
        }
        try await store.database.refreshDirectory()
        #expect(store.database.directory.rooms[roomID]?.config == .object([:]))
        #expect(store.database.directory.rooms[roomID]?.members[1]?.config == .object([:]))
        let opened = try await database.open(time: ManualTime())
        #expect(try await opened.accounts.room(roomID).config == .object([:]))
    }
}
