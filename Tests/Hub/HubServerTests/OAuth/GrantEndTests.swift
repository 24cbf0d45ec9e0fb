import HubServer
import HubStore
import PulsoidAPI
import TestKit
import Testing

/// What a token let in ends with it.
@Suite(.timeLimit(.minutes(10)))
struct GrantEndTests {
    private static let redirect = "https://app.example/back"

    /// How an owner gets rid of a token.
    enum End: CaseIterable {
        case expiry, revoked, removed, userRemoved

        func happen(to token: IssuedToken, in hub: TestHub) async throws {
            switch self {
            case .expiry: hub.time.advance(milliseconds: 3_600_000)
            case .revoked:
                #expect(try await hub.submit(PulsoidPath.revoke, ["token": token.accessToken]).status == 200)
            case .removed, .userRemoved:
                // A command, which the running hub notices.
                let command = try await hub.openAnother(isCommand: true)
                if self == .userRemoved {
                    try await command.accounts.removeUser("Anna")
                } else {
                    let tokens = try await command.accounts.tokens()
                    let id = try #require(tokens.first { $0.clientID == nil }?.id)
                    #expect(try await command.accounts.removeToken(id) == 1)
                }
                try command.close()
            }
            await hub.tick()
        }
    }

    @Test(arguments: End.allCases)
    func grant_endsWithTheTokenThatGaveIt_accessRefreshAndStream(end: End) async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna", lifetime: .seconds(3600))
            let device = try await hub.pair(allowedBy: anna.accessToken)
            #expect(device.expiresInSeconds == 3600)
            try await RawConnection.open(port: hub.port) { socket in
                let path = PulsoidPath.realTime + "?access_token=\(device.accessToken)"
                #expect(try await socket.upgrade(path).status == 101)
                try await end.happen(to: anna, in: hub)
                #expect(try await socket.readFrame().closeCode == 1008)
            }
            #expect(try await !hub.isGood(anna.accessToken))
            #expect(try await !hub.isGood(device.accessToken))
            #expect(try await hub.refresh(device.refreshToken).oauthError == "invalid_grant")
        }
    }

    @Test func refresh_neverOutlivesTheTokenThatAllowedIt() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna", lifetime: .seconds(3600)).accessToken
            let pair = try await hub.pair(allowedBy: anna)
            hub.time.advance(milliseconds: 3_000_000)
            let renewed: TokenPair = try await hub.refresh(pair.refreshToken).decoded()
            #expect(renewed.expiresInSeconds == 600)
            hub.time.advance(milliseconds: 600_000)
            #expect(try await !hub.isGood(renewed.accessToken))
            #expect(try await hub.refresh(renewed.refreshToken).oauthError == "invalid_grant")
        }
    }

    /// The findings: from consent to exchange the token is revoked, removed, expires, or its user is removed.
    @Test(arguments: End.allCases)
    func consent_whoseTokenEndedBeforeTheExchange_isInvalidGrant(end: End) async throws {
        try await TestHub.run { hub in
            // Not so long that the code itself has expired.
            var lifetime = Duration.seconds(3600)
            if end == .expiry { lifetime = .seconds(30) }
            let anna = try await hub.addUser("Anna", lifetime: lifetime)
            let secret = try await hub.addCodeClient()
            let device = try await hub.beginDevice()
            #expect(try await hub.decide(device, token: anna.accessToken).status == 200)
            let code = try await hub.allowCode(token: anna.accessToken)
            if end == .expiry {
                hub.time.advance(milliseconds: 30_000)
            } else if end == .removed {
                let id = try #require(try await hub.store.accounts.tokens().first?.id)
                #expect(try await hub.store.accounts.removeToken(id) == 0)
            } else {
                try await end.happen(to: anna, in: hub)
            }
            for _ in 0..<2 {
                hub.time.advance(milliseconds: 3000)
                let answer = try await hub.askForToken(device)
                #expect(answer.status == 400)
                #expect(answer.oauthError == "invalid_grant")
            }
            #expect(try await hub.exchange(code, secret: secret).oauthError == "invalid_grant")
            #expect(try await hub.rowCount("client_grant") == 0)
        }
    }

    @Test func consent_whoseClientWasRemoved_isInvalidClient() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            _ = try await hub.store.oauth.addClient(named: "Overlay", id: "overlay")
            let device = try await hub.beginDevice(clientID: "overlay")
            #expect(try await hub.decide(device, token: anna).status == 200)
            try await hub.store.oauth.removeClient("overlay")
            #expect(try await hub.askForToken(device, clientID: "overlay").oauthError == "invalid_client")
        }
    }

    @Test func deviceCode_whenUsedAgain_endsWhatCameOfIt() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let device = try await hub.beginDevice()
            #expect(try await hub.decide(device, token: anna).status == 200)
            let pair: TokenPair = try await hub.askForToken(device).decoded()
            #expect(try await hub.isGood(pair.accessToken))
            let replay = try await hub.askForToken(device)
            #expect(replay.oauthError == "invalid_grant")
            #expect(replay.body.contains("used already"))
            #expect(try await !hub.isGood(pair.accessToken))
            #expect(try await hub.refresh(pair.refreshToken).oauthError == "invalid_grant")
            #expect(try await hub.isGood(anna))
        }
    }

    @Test func exchangesAtTheSameTime_ofOneCode_leaveNothing() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let secret = try await hub.addCodeClient()
            let code = try await hub.allowCode(token: anna)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await hub.exchange(code, secret: secret) } }
                try await group.waitForAll()
            }
            #expect(try await hub.rowCount("client_grant") == 0)
            #expect(try await hub.rowCount("token") == 1)
        }
    }

    @Test func grants_ofOneUserAndClient_areBounded_andOneThatEndsMakesRoom() async throws {
        var limits = HubLimits()
        limits.grantsPerUserAndClient = 3
        #expect(HubLimits().grantsPerUserAndClient == 20)
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let ben = try await hub.addUser("Ben").accessToken
            let early = try await hub.beginDevice()
            #expect(try await hub.decide(early, token: anna).status == 200)
            var pairs: [TokenPair] = []
            for _ in 0..<3 { pairs.append(try await hub.pair(allowedBy: anna)) }
            let device = try await hub.beginDevice()
            let page = try await hub.decide(device, token: anna)
            #expect(page.status == 403)
            #expect(page.body.contains("strapline-hub token remove"))
            // Allowed before there were so many.
            #expect(try await hub.askForToken(early).oauthError == "invalid_grant")
            _ = try await hub.pair(allowedBy: ben)
            #expect(try await hub.submit(PulsoidPath.revoke, ["token": pairs[0].accessToken]).status == 200)
            #expect(try await hub.decide(device, token: anna).status == 200)
            #expect(try await hub.isGood(pairs[1].accessToken))
        }
    }

    @Test func tokens_tellWhereTheyCameFrom() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            _ = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: ["profile:read"], by: .adminToken(7))
            _ = try await hub.pair(allowedBy: anna)
            _ = try await hub.refresh(hub.pair(allowedBy: anna).refreshToken)
            let tokens = try await hub.store.accounts.tokens()
            let consenting = try #require(tokens.first { $0.mayConsent })
            #expect(consenting.origin == .administration(by: "command line"))
            #expect(Set(tokens.map(\.originName)) == ["administration", "consent", "refresh"])
            #expect(tokens.contains { $0.issuedBy == "admin token 7" && !$0.mayConsent })
            let programs = tokens.filter { $0.clientID != nil }
            #expect(programs.count == 2)
            #expect(programs.allSatisfy { $0.consentedBy == consenting.id && $0.clientID == Client.builtInID })
        }
    }

    @Test func programsToken_whenRemoved_endsTheProgramsAccess() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let pair = try await hub.pair(allowedBy: anna)
            let id = try #require(try await hub.store.accounts.tokens().first { $0.clientID != nil }?.id)
            try await hub.store.accounts.removeToken(id)
            #expect(try await !hub.isGood(pair.accessToken))
            #expect(try await hub.refresh(pair.refreshToken).oauthError == "invalid_grant")
            #expect(try await hub.isGood(anna))
        }
    }
}
