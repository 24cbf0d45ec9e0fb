import FoundationEssentials
import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// Programs that people are sent back to with a code, at Cardiogram's addresses.
@Suite(.timeLimit(.minutes(10)))
struct AuthorizationCodeTests {
    private static let back = "https://app.example/back"

    private struct Tokens: Decodable {
        let access_token: String
        let refresh_token: String
        let expires_in: Int64
        let user_id: Int64?
    }

    /// The parameters of a redirect; nil without one.
    private static func allow(
        _ hub: TestHub, token: String, _ more: [String: String] = [:], headers: HTTPHeaders = [:]
    ) async throws -> (status: Int, location: String?) {
        let form = ["response_type": "code", "client_id": "app", "decision": "allow", "access_token": token]
        let body = form.merging(more) { $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
        return try await RawConnection.open(port: hub.port) { connection in
            let lines = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
            try await connection.send(
                "POST /auth HTTP/1.1\r\nHost: hub\r\n\(lines)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let answer = try await connection.readAnswer()
            return (answer.status, answer.headers["location"])
        }
    }

    private static func exchange(
        _ hub: TestHub, _ code: String, secret: String, _ more: [String: String] = [:],
        path: String = "/heart/oauth/token"
    ) async throws -> TestHub.Answer {
        let basic = Data("app:\(secret)".utf8).base64EncodedString()
        let form = ["grant_type": "authorization_code", "code": code]
        return try await hub.submit(path, form.merging(more) { $1 }, headers: ["Authorization": "Basic \(basic)"])
    }

    private static func code(_ location: String?) -> String {
        String(location?.split(separator: "code=").last?.prefix { $0 != "&" } ?? "")
    }

    @Test func program_getsTokensForACode_writesBeatsWithThem_andRefreshesThem() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let secret = try await hub.addCodeClient()
            let page = try await hub.send(.GET, "/auth?response_type=code&client_id=app&state=a%22b")
            #expect(page.status == 200)
            #expect(page.body.contains("Allow App?"))
            #expect(page.body.contains(#"name="state" value="a&quot;b""#))
            let policy = page.headers.first(name: "content-security-policy") ?? ""
            #expect(policy.contains("form-action 'self' https://app.example;"))
            let (status, location) = try await Self.allow(hub, token: anna, ["state": "s%26%20t"])
            #expect(status == 303)
            #expect(location?.hasPrefix(Self.back + "?code=") == true)
            #expect(location?.hasSuffix("&state=s%26%20t") == true)
            let answer = try await Self.exchange(hub, Self.code(location), secret: secret)
            #expect(answer.status == 200)
            let tokens = try answer.decoded(Tokens.self)
            #expect(tokens.expires_in == hub.now + 30 * 86_400_000)
            #expect(tokens.user_id == 1)
            let beats = #"{"beats":[{"start":1546025628,"end":1546025628,"value":60}]}"#
            let path = "/heart/oauth/users/1/beats"
            #expect(try await hub.send(.POST, path, token: tokens.access_token, body: beats).status == 200)
            // It got what it asked for: no more.
            #expect(try await hub.send(.GET, PulsoidPath.profile, token: tokens.access_token).status == 401)
            let refreshed = try await Self.exchange(
                hub, "", secret: secret, ["grant_type": "refresh_token", "refresh_token": tokens.refresh_token])
            #expect(refreshed.status == 200)
            #expect(try await hub.send(.POST, path, token: tokens.access_token, body: beats).status == 401)
        }
    }

    @Test func code_usedTwice_endsWhatCameOfIt() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let secret = try await hub.addCodeClient()
            let code = Self.code(try await Self.allow(hub, token: anna).location)
            let tokens = try await Self.exchange(hub, code, secret: secret).decoded(Tokens.self)
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: tokens.access_token).status == 200)
            #expect(try await Self.exchange(hub, code, secret: secret).oauthError == "invalid_grant")
            #expect(try await hub.send(.GET, PulsoidPath.validateToken, token: tokens.access_token).status == 401)
        }
    }

    @Test func code_ofAnother_expired_orForAnotherAddress_isRefused() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let other = "http://127.0.0.1:9000/other?x=1"
            let secret = try await hub.addCodeClient(redirectURIs: [Self.back, other])
            // Which of two has to be said.
            #expect(try await Self.allow(hub, token: anna).status == 400)
            let (_, location) = try await Self.allow(hub, token: anna, ["redirect_uri": other])
            #expect(location?.hasPrefix(other + "&code=") == true)
            let code = Self.code(location)
            #expect(try await Self.exchange(hub, code, secret: secret).oauthError == "invalid_grant")
            #expect(try await Self.exchange(hub, code, secret: "wrong").status == 401)
            let there = ["redirect_uri": other]
            // Pulsoid's call takes it as well.
            #expect(try await Self.exchange(hub, code, secret: secret, there, path: PulsoidPath.token).status == 200)
            let late = Self.code(try await Self.allow(hub, token: anna, there).location)
            hub.time.advance(milliseconds: 60_000)
            #expect(try await Self.exchange(hub, late, secret: secret, there).oauthError == "invalid_grant")
        }
    }

    @Test func person_isSentToRegisteredAddressesAlone() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let poor = try await hub.addUser("Ben", scopes: ["profile:read"]).accessToken
            _ = try await hub.addCodeClient()
            for (wrong, token, status) in [
                (["redirect_uri": "https://evil.example/"], anna, 400),
                (["redirect_uri": Self.back + "/more"], anna, 400), (["client_id": "strapline-hub"], anna, 400),
                (["client_id": "x"], anna, 400), (["response_type": "token"], anna, 400), (["scope": "x"], anna, 400),
                (["decision": "x"], anna, 400), ([:], "", 400), ([:], "nonsense", 403), ([:], poor, 403),
            ] as [([String: String], String, Int)] {
                let (given, location) = try await Self.allow(hub, token: token, wrong)
                #expect(given == status, "\(wrong)")
                #expect(location == nil)
            }
            let foreign = try await Self.allow(hub, token: anna, headers: ["Origin": "https://evil.example"])
            #expect(foreign.status == 403)
            let denied = try await Self.allow(hub, token: "", ["decision": "deny", "state": "s"])
            #expect(denied.location == Self.back + "?error=access_denied&state=s")
        }
    }

    @Test func tokensThatAreGuessed_areSoonNotLookedAtAnyMore_butAGoodOneIsAlwaysTaken() async throws {
        var limits = HubLimits()
        limits.wrongGuessesPerMinute = 2
        try await TestHub.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            _ = try await hub.addCodeClient()
            for _ in 0..<2 { #expect(try await Self.allow(hub, token: "guess").status == 403) }
            #expect(try await Self.allow(hub, token: "guess").status == 429)
            #expect(try await Self.allow(hub, token: "", ["decision": "deny"]).status == 429)
            #expect(try await Self.allow(hub, token: anna).status == 303)
        }
    }

    @Test(arguments: [
        "", "back", "/back", "javascript:alert(1)", "ftp://x/", "https://", "https://x/#y", "https://a b/",
        "https://x/\"", "https://x/\r\nSet-Cookie: a", "https://*/", "https://user@x/", "https://x;/", "https://ü/",
        "https://x/" + String(repeating: "x", count: 2048),
    ])
    func address_thatCannotBe_isRefused(uri: String) async throws {
        try await TestHub.run { hub in
            await #expect(throws: HubStoreError.self) { _ = try await hub.addCodeClient(redirectURIs: [uri]) }
            await #expect(throws: HubStoreError.self) {
                try await hub.store.oauth.addClient(named: "App", redirectURIs: [Self.back])
            }
        }
    }
}
