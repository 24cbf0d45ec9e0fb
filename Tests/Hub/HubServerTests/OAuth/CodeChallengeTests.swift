import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// PKCE (RFC 7636) at the authorization page and at the exchange.
@Suite(.timeLimit(.minutes(10)))
struct CodeChallengeTests {
    /// Of RFC 7636, appendix B.
    private static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    private static let challenge = [
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256",
    ]

    @Test func code_askedForWithAChallenge_needsItsVerifier() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let secret = try await hub.addCodeClient()
            let code = try await hub.allowCode(token: anna, Self.challenge)
            let wrong = String(Self.verifier.dropLast()) + "l"
            for more in [[:], ["code_verifier": wrong], ["code_verifier": "x"], Self.challenge] {
                let answer = try await hub.exchange(code, secret: secret, more)
                #expect(answer.oauthError == "invalid_grant", "\(more)")
                #expect(answer.body.contains("code_verifier"))
            }
            #expect(try await hub.exchange(code, secret: secret, ["code_verifier": Self.verifier]).status == 200)
        }
    }

    @Test func verifier_ofACodeWithoutAChallenge_isRefused() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let secret = try await hub.addCodeClient()
            let code = try await hub.allowCode(token: anna)
            let answer = try await hub.exchange(code, secret: secret, ["code_verifier": Self.verifier])
            #expect(answer.oauthError == "invalid_grant")
            #expect(try await hub.exchange(code, secret: secret).status == 200)
        }
    }

    @Test func challenge_thatIsNotS256_isRefusedOnThePage() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            _ = try await hub.addCodeClient()
            for (query, sentence) in [
                ("code_challenge=\(Self.verifier)&code_challenge_method=plain", "must be S256"),
                ("code_challenge=\(Self.verifier)", "must be S256"),
                ("code_challenge=\(Self.verifier)&code_challenge_method=s256", "must be S256"),
                ("code_challenge=short&code_challenge_method=S256", "SHA-256"),
                ("code_challenge=\(Self.verifier.dropLast())=&code_challenge_method=S256", "SHA-256"),
                ("code_challenge_method=S256", "SHA-256"),
            ] {
                let page = try await hub.send(.GET, "/auth?response_type=code&client_id=app&" + query)
                #expect(page.status == 400)
                #expect(page.body.contains(sentence), "\(query)")
            }
            #expect(try await hub.allowCode(token: anna, ["code_challenge": Self.verifier]) == "")
            // The page carries it on.
            let query = Self.challenge.map { "\($0)=\($1)" }.joined(separator: "&")
            let page = try await hub.send(.GET, "/auth?response_type=code&client_id=app&" + query)
            for (name, value) in Self.challenge {
                #expect(page.body.contains(#"name="\#(name)" value="\#(value)""#))
            }
        }
    }
}
