import FoundationEssentials
import GRDB
import HubAPI
import PulsoidAPI
import TestKit
import Testing
import Timing

@testable import HubServer
@testable import HubStore

/// Databases of the version that did not record which token allowed a program.
@Suite(.timeLimit(.minutes(10)))
struct OldGrantTests {
    private static let access = "11111111-2222-4333-8444-555555555555"
    private static let refresh = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    private static let day: Int64 = 86_400_000

    /// A program was allowed to read the heart rate.
    private static func make(_ path: String, now: Int64) throws {
        try OldDatabase.make(path) { db in
            try db.execute(
                sql: """
                    INSERT INTO client_grant (id, client_id, user_id, scopes, granted_at_ms)
                        VALUES (1, 'strapline-hub', 1, 'data:heart_rate:read', 2000);
                    INSERT INTO token (hash, user_id, scopes, issued_at_ms, expires_at_ms, grant_id)
                        VALUES (?, 1, 'data:heart_rate:read', 2000, ?, 1);
                    INSERT INTO refresh_token (hash, grant_id, expires_at_ms) VALUES (?, 1, ?);
                    """,
                arguments: [
                    TokenHash(of: access).bytes, now + day, TokenHash(of: refresh).bytes, now + 300 * day,
                ])
        }
    }

    private static func withHub(_ body: @escaping @Sendable (TestHub) async throws -> Void) async throws {
        let directory = TemporaryDirectory()
        let path = directory.file("old.sqlite")
        try make(path, now: ManualTime().now().wallMilliseconds)
        try await TestHub.run(database: path) { hub in
            try await body(hub)
            withExtendedLifetime(directory) {}
        }
    }

    @Test func oldTokensAndPrograms_goOn_andMayNotConsent() async throws {
        try await Self.withHub { hub in
            #expect(try await hub.isGood(OldDatabase.token))
            #expect(try await hub.isGood(Self.access))
            let page = try await hub.decide(try await hub.beginDevice(), token: OldDatabase.token)
            #expect(page.status == 403)
            #expect(page.body.contains("--may-consent"))
            let first: TokenPair = try await hub.refresh(Self.refresh).decoded()
            let second: TokenPair = try await hub.refreshLater(first.refreshToken).decoded()
            #expect(try await hub.isGood(second.accessToken))
            let token = try #require(try await hub.store.accounts.tokens().first { $0.clientID != nil })
            #expect(token.consentedBy == nil)
            // A spent one of before is known for what it is.
            #expect(try await hub.refresh(Self.refresh).oauthError == "invalid_grant")
            #expect(try await !hub.isGood(second.accessToken))
        }
    }

    @Test(arguments: [true, false])
    func program_thatAnEndedTokenMayHaveAllowed_endsWithIt(isRevoked: Bool) async throws {
        try await Self.withHub { hub in
            // Too young, and too poor, to have allowed it.
            let young = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: HubScope.all)
            #expect(try await hub.submit(PulsoidPath.revoke, ["token": young.accessToken]).status == 200)
            #expect(try await hub.isGood(Self.access))
            if isRevoked {
                #expect(try await hub.submit(PulsoidPath.revoke, ["token": OldDatabase.token]).status == 200)
            } else {
                #expect(try await hub.store.accounts.removeToken(OldDatabase.tokenID) == 1)
            }
            #expect(try await !hub.isGood(Self.access))
            #expect(try await hub.refresh(Self.refresh).oauthError == "invalid_grant")
        }
    }
}
