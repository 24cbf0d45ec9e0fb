import HubServer
import HubStore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// The page on which a user allows a device: its rights, contents and protection.
@Suite(.timeLimit(.minutes(10)))
struct ConsentPageTests {
    @Test func page_asksForTheCode_thenTellsWhoWantsWhat() async throws {
        try await TestHub.run { hub in
            let first = try await hub.send(.GET, PulsoidPath.deviceConsent)
            #expect(first.status == 200)
            #expect(first.body.contains(#"<label for="user_code">"#))
            _ = try await hub.store.oauth.addClient(named: "A <b>&\"friend\"", id: "friend")
            let device = try await hub.beginDevice(clientID: "friend", scope: "data:heart_rate:read,profile:read")
            let page = try await hub.send(
                .GET, PulsoidPath.deviceConsent + "?user_code=\(device.userCode.lowercased())")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == ["text/html; charset=UTF-8"])
            #expect(page.body.contains("A &lt;b&gt;&amp;&quot;friend&quot;"))
            #expect(!page.body.contains("<b>"))
            #expect(page.body.contains("see your heart rate"))
            #expect(page.body.contains("see your name"))
            #expect(page.body.contains(#"<label for="access_token">"#))
        }
    }

    @Test func page_isKeptFromScriptsFramesAndCaches() async throws {
        try await TestHub.run { hub in
            let page = try await hub.send(.GET, PulsoidPath.deviceConsent)
            let policy = page.headers["content-security-policy"].joined()
            #expect(policy.contains("default-src 'none'; style-src 'sha256-"))
            #expect(policy.contains("form-action 'self'; frame-ancestors 'none'; base-uri 'none'"))
            #expect(page.headers["x-frame-options"] == ["DENY"])
            #expect(page.headers["referrer-policy"] == ["no-referrer"])
            #expect(page.headers["cache-control"] == ["no-store"])
            #expect(!page.body.contains("<script"))
            #expect(!page.body.contains("http"))
        }
    }

    @Test func token_thatMayNotAllow_isRefused() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let poor = try await hub.addUser("Poor", scopes: ["profile:read"]).accessToken
            let ended = try await hub.addUser("Old", lifetime: .seconds(1)).accessToken
            let clients = try await hub.pair(allowedBy: anna).accessToken
            hub.time.advance(milliseconds: 1000)
            let device = try await hub.beginDevice()
            for (token, status) in [("", 400), ("nonsense", 403), (poor, 403), (ended, 403), (clients, 403)] {
                let page = try await hub.decide(device, token: token)
                #expect(page.status == status)
                #expect(page.body.contains(#"role="alert""#))
                // The form is there for another try, without the token.
                #expect(page.body.contains(#"name="decision" value="allow""#))
                #expect(token.isEmpty || !page.body.contains(token))
            }
            #expect(try await hub.askForToken(device).oauthError == "authorization_pending")
            #expect(try await hub.decide(device, token: " \(anna)\n").status == 200)
        }
    }

    @Test func token_withoutTheRightToConsent_isToldHowToGetOneThatHasIt() async throws {
        try await TestHub.run { hub in
            let overlay = try await hub.addUser("Anna", mayConsent: false).accessToken
            let device = try await hub.beginDevice()
            let page = try await hub.decide(device, token: overlay)
            #expect(page.status == 403)
            #expect(page.body.contains("strapline-hub token issue --may-consent"))
            #expect(try await hub.askForToken(device).oauthError == "authorization_pending")
            // The tokens of init: the reader's alone.
            let setup = try await hub.store.accounts.setUp(userNamed: "Ben", room: "Home", allowsOthers: true)
            for (token, status) in [(setup.overlayToken, 403), (setup.uploaderToken, 403), (setup.readerToken, 200)] {
                #expect(try await hub.decide(try await hub.beginDevice(), token: token).status == status)
            }
        }
    }

    @Test func form_ofAnotherSite_doesNothing() async throws {
        try await TestHub.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let device = try await hub.beginDevice()
            let form = ["user_code": device.userCode, "access_token": anna, "decision": "allow"]
            for headers: HTTPHeaders in [
                ["Origin": "https://evil.example"], ["Origin": "null"], ["Sec-Fetch-Site": "cross-site"],
                ["Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:\(hub.port)"],
            ] {
                #expect(try await hub.submit(PulsoidPath.deviceConsent, form, headers: headers).status == 403)
            }
            #expect(try await hub.askForToken(device).oauthError == "authorization_pending")
            let own = try await hub.submit(
                PulsoidPath.deviceConsent, form, headers: ["Origin": "http://127.0.0.1:\(hub.port)"])
            #expect(own.status == 200)
        }
    }

    @Test func form_thatIsIncomplete_isToldOnThePage() async throws {
        try await TestHub.run { hub in
            let device = try await hub.beginDevice()
            for fields in [[:], ["user_code": device.userCode], ["user_code": device.userCode, "decision": "perhaps"]] {
                let page = try await hub.submit(PulsoidPath.deviceConsent, fields)
                #expect(page.status == 400)
                #expect(page.headers["content-type"] == ["text/html; charset=UTF-8"])
            }
            let json = try await hub.send(
                .POST, PulsoidPath.deviceConsent, headers: ["Content-Type": "application/json"], body: "{}")
            #expect(json.status == 400)
            #expect(
                try await hub.send(.PUT, PulsoidPath.deviceConsent).headers["allow"] == ["GET, POST, HEAD, OPTIONS"])
        }
    }
}
