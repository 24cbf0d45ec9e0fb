import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// Tokens of clients: how they are renewed, how they end.
@Suite(.timeLimit(.minutes(10)))
struct RefreshTests {
    private static func isGood(_ token: String, _ hub: TestHub) async throws -> Bool {
        try await hub.send(.GET, PulsoidPath.validateToken, token: token).status == 200
    }

    @Test func refresh_bringsANewPair_andEndsTheOld() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let first = try await hub.pair(allowedBy: anna)
            let second: TokenPair = try await hub.refresh(first.refreshToken).decoded()
            #expect(try await !Self.isGood(first.accessToken, hub))
            #expect(try await Self.isGood(second.accessToken, hub))
            let third: TokenPair = try await hub.refreshLater(second.refreshToken).decoded()
            #expect(try await Self.isGood(third.accessToken, hub))
        }
    }

    @Test func refreshToken_whenUsedTwice_endsEverythingOfItsConsent() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let first = try await hub.pair(allowedBy: anna)
            let other = try await hub.pair(allowedBy: anna)
            let second: TokenPair = try await hub.refresh(first.refreshToken).decoded()
            #expect(try await hub.refresh(first.refreshToken).oauthError == "invalid_grant")
            #expect(try await !Self.isGood(second.accessToken, hub))
            #expect(try await hub.refresh(second.refreshToken).oauthError == "invalid_grant")
            #expect(try await Self.isGood(other.accessToken, hub))
            #expect(try await Self.isGood(anna, hub))
        }
    }

    @Test func refreshToken_ofAnotherClient_isUnknown() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            _ = try await hub.store.oauth.addClient(named: "Other", id: "other")
            let pair = try await hub.pair(allowedBy: anna)
            #expect(try await hub.refresh(pair.refreshToken, ["client_id": "other"]).oauthError == "invalid_grant")
            #expect(try await hub.refresh(pair.refreshToken).status == 200)
        }
    }

    @Test func refresh_soonerThanAMinuteAfterTheLast_waits_andTheTokenStaysGood() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let pair: TokenPair = try await hub.refresh(hub.pair(allowedBy: anna).refreshToken).decoded()
            hub.time.advance(milliseconds: 1500)
            let early = try await hub.refresh(pair.refreshToken)
            #expect(early.status == 429)
            #expect(early.oauthError == "slow_down")
            #expect(early.headers["retry-after"] == ["59"])
            #expect(try await Self.isGood(pair.accessToken, hub))
            hub.time.advance(milliseconds: 59_000)
            #expect(try await hub.refresh(pair.refreshToken).status == 200)
        }
    }

    @Test func refreshInALoop_keepsOneRow_andKnowsTheFirstSpentTokenForEver() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let first = try await hub.pair(allowedBy: anna)
            var pair: TokenPair = try await hub.refresh(first.refreshToken).decoded()
            for _ in 0..<100 { pair = try await hub.refreshLater(pair.refreshToken).decoded() }
            #expect(try await hub.rowCount("refresh_token") == 1)
            #expect(try await hub.rowCount("token") == 2)
            #expect(try await Self.isGood(pair.accessToken, hub))
            #expect(try await hub.refresh(first.refreshToken).oauthError == "invalid_grant")
            #expect(try await !Self.isGood(pair.accessToken, hub))
            #expect(try await hub.rowCount("client_grant") == 0)
        }
    }

    @Test func spentRefreshToken_whenRevoked_endsTheGrant() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let first = try await hub.pair(allowedBy: anna)
            let second: TokenPair = try await hub.refresh(first.refreshToken).decoded()
            #expect(try await hub.submit(PulsoidPath.revoke, ["token": first.refreshToken]).status == 200)
            #expect(try await !Self.isGood(second.accessToken, hub))
        }
    }

    @Test func refresh_withFewerScopes_bringsFewer_andNeverMoreThanWereGranted() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let pair = try await hub.pair(allowedBy: anna, scope: "data:heart_rate:read,profile:read")
            let more = try await hub.refresh(pair.refreshToken, ["scope": "data:heart_rate:write"])
            #expect(more.oauthError == "invalid_scope")
            let fewer: TokenPair = try await hub.refresh(pair.refreshToken, ["scope": "profile:read"]).decoded()
            #expect(try await hub.send(.GET, PulsoidPath.profile, token: fewer.accessToken).status == 200)
            #expect(try await hub.send(.GET, PulsoidPath.latestHeartRate, token: fewer.accessToken).status == 401)
        }
    }

    @Test func tokens_whenTheirTimeIsOver_end() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let pair = try await hub.pair(allowedBy: anna)
            hub.time.advance(milliseconds: HubLimits().accessTokenSeconds * 1000)
            let ended = try await hub.send(.GET, PulsoidPath.validateToken, token: pair.accessToken)
            #expect(ended.status == 401)
            #expect(ended.body.contains("7006"))
            let renewed: TokenPair = try await hub.refresh(pair.refreshToken).decoded()
            #expect(try await Self.isGood(renewed.accessToken, hub))
            hub.time.advance(milliseconds: HubLimits().refreshTokenSeconds * 1000)
            #expect(try await hub.refresh(renewed.refreshToken).oauthError == "invalid_grant")
            // The next consent deletes expired grants.
            _ = try await hub.pair(allowedBy: anna)
            #expect(try await hub.rowCount("client_grant") == 1)
            #expect(try await hub.rowCount("refresh_token") == 1)
        }
    }

    @Test func stream_endsWhenItsTokenIsRefreshed_expires_orIsRevoked() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            var pair = try await hub.pair(allowedBy: anna)
            for end in 0..<3 {
                let token = pair
                try await RawConnection.open(port: hub.port) { socket in
                    #expect(
                        try await socket.upgrade(PulsoidPath.realTime + "?access_token=\(token.accessToken)").status
                            == 101)
                    switch end {
                    case 0: pair = try await hub.refreshLater(token.refreshToken).decoded()
                    case 1:
                        hub.time.advance(milliseconds: HubLimits().accessTokenSeconds * 1000)
                        await hub.tick()
                        pair = try await hub.refresh(token.refreshToken).decoded()
                    default:
                        #expect(try await hub.submit(PulsoidPath.revoke, ["token": token.accessToken]).status == 200)
                    }
                    #expect(try await socket.readFrame().closeCode == 1008)
                }
            }
        }
    }

    @Test func revoke_ofEitherToken_endsBoth_andIs200Again() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            for isRefreshToken in [false, true] {
                let pair = try await hub.pair(allowedBy: anna)
                let token = isRefreshToken ? pair.refreshToken : pair.accessToken
                for _ in 0..<2 {
                    let answer = try await hub.submit(PulsoidPath.revoke, ["token": token])
                    #expect(answer.status == 200)
                    #expect(answer.body == "")
                }
                #expect(try await !Self.isGood(pair.accessToken, hub))
                #expect(try await hub.refresh(pair.refreshToken).oauthError == "invalid_grant")
            }
            #expect(try await Self.isGood(anna, hub))
            #expect(try await hub.submit(PulsoidPath.revoke, ["token": anna]).status == 200)
            #expect(try await !Self.isGood(anna, hub))
            #expect(try await hub.submit(PulsoidPath.revoke, [:]).oauthError == "invalid_request")
        }
    }
}
