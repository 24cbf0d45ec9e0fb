import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// The limits of wrong codes and tokens on the consent page.
@Suite(.timeLimit(.minutes(10)))
struct ConsentGuessTests {
    private static let page = PulsoidPath.deviceConsent

    /// A hub that believes `X-Forwarded-For`, so that one test can come from several addresses.
    private static func run(
        limits: HubLimits = HubLimits(), _ body: @escaping @Sendable (TestHub) async throws -> Void
    ) async throws {
        let proxy = try #require(TrustedProxies.Range("127.0.0.1"))
        try await TestHub.run(limits: limits, trustedProxies: TrustedProxies([proxy]), body)
    }

    private static func from(_ address: String) -> HTTPHeaders { ["X-Forwarded-For": address] }

    private static func guess(
        _ hub: TestHub, _ code: String, from address: String, _ headers: HTTPHeaders = [:]
    ) async throws -> TestHub.Answer {
        try await hub.send(.GET, page + "?user_code=\(code)", headers: from(address) + headers)
    }

    private static func allow(
        _ hub: TestHub, _ code: String, token: String, from address: String, decision: String = "allow"
    ) async throws -> TestHub.Answer {
        try await hub.submit(
            page, ["user_code": code, "access_token": token, "decision": decision], headers: from(address))
    }

    @Test func address_thatGuesses_isHeldUp_andNoOther() async throws {
        try await Self.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let device = try await hub.beginDevice()
            for _ in 0..<10 { #expect(try await Self.guess(hub, "BBBB-BBBB", from: "192.0.2.1").status == 400) }
            let refused = try await Self.guess(hub, device.userCode, from: "192.0.2.1")
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == ["60"])
            #expect(refused.body.contains(#"name="access_token""#))
            #expect(try await Self.guess(hub, device.userCode, from: "192.0.2.2").status == 200)
            // A good token is never limited by others, even behind the same address.
            let shown = try await Self.allow(hub, device.userCode, token: anna, from: "192.0.2.1", decision: "show")
            #expect(shown.status == 200)
            #expect(shown.body.contains(#"name="decision" value="allow""#))
            #expect(try await Self.allow(hub, device.userCode, token: anna, from: "192.0.2.1").status == 200)
            hub.time.advance(milliseconds: 60_000)
            #expect(try await Self.guess(hub, "BBBB-BBBB", from: "192.0.2.1").status == 400)
        }
    }

    @Test func wrongTokens_countLikeWrongCodes() async throws {
        try await Self.run { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let device = try await hub.beginDevice()
            for index in 0..<10 {
                let answer = try await Self.allow(hub, device.userCode, token: "guess \(index)", from: "192.0.2.1")
                #expect(answer.status == 403)
            }
            #expect(try await Self.allow(hub, device.userCode, token: "guess", from: "192.0.2.1").status == 429)
            #expect(try await Self.allow(hub, device.userCode, token: "", from: "192.0.2.1").status == 429)
            #expect(try await Self.allow(hub, device.userCode, token: anna, from: "192.0.2.1").status == 200)
        }
    }

    @Test func manyAddresses_areHeldUpTogether_butNobodyWithAGoodToken() async throws {
        var limits = HubLimits()
        limits.wrongGuessesOfAllPerMinute = 20
        try await Self.run(limits: limits) { hub in
            let anna = try await hub.addUser("Anna").accessToken
            let device = try await hub.beginDevice()
            for host in 0..<20 {
                #expect(try await Self.guess(hub, "BBBB-BBBB", from: "198.51.100.\(host)").status == 400)
            }
            // Right and wrong look alike now: there is nothing to be learned.
            let right = try await Self.guess(hub, device.userCode, from: "203.0.113.1")
            let wrong = try await Self.guess(hub, "BBBB-BBBB", from: "203.0.113.1")
            #expect(right.status == 429)
            #expect(
                right.body.replacing(device.userCode, with: "")
                    == wrong.body.replacing("BBBB-BBBB", with: ""))
            #expect(try await Self.allow(hub, device.userCode, token: anna, from: "203.0.113.1").status == 200)
        }
    }

    @Test func goodToken_thatGuessesCodes_isHeldUpItself() async throws {
        try await Self.run { hub in
            let eve = try await hub.addUser("Eve").accessToken
            let anna = try await hub.addUser("Anna").accessToken
            let device = try await hub.beginDevice()
            for host in 0..<10 {
                let answer = try await Self.allow(hub, "BBBB-BBBB", token: eve, from: "198.51.100.\(host)")
                #expect(answer.status == 400)
            }
            #expect(try await Self.allow(hub, device.userCode, token: eve, from: "203.0.113.1").status == 429)
            #expect(try await Self.allow(hub, device.userCode, token: anna, from: "203.0.113.1").status == 200)
        }
    }

    /// The token of an overlay's address is limited like no token at all.
    @Test func tokenThatMayNotAllow_isNoReasonToBeServed() async throws {
        var limits = HubLimits()
        limits.wrongGuessesPerMinute = 2
        try await Self.run(limits: limits) { hub in
            _ = try await hub.addUser("Anna")
            let overlay = try await hub.store.accounts.issueToken(forUser: "Anna", scopes: ["data:heart_rate:read"])
                .accessToken
            let device = try await hub.beginDevice()
            for _ in 0..<2 {
                #expect(try await Self.allow(hub, "BBBB-BBBB", token: overlay, from: "192.0.2.1").status == 400)
            }
            #expect(try await Self.allow(hub, device.userCode, token: overlay, from: "192.0.2.1").status == 429)
        }
    }

    /// An image in a page of another site makes a visitor's browser ask for codes.
    @Test func foreignPage_isNotAnswered_andNotCounted() async throws {
        try await Self.run { hub in
            let device = try await hub.beginDevice()
            for headers: HTTPHeaders in [
                ["Sec-Fetch-Site": "cross-site"], ["Sec-Fetch-Site": "same-site"], ["Origin": "https://evil.example"],
                ["Origin": "null"], ["Referer": "https://evil.example/page"],
                ["Origin": "http://evil.example/127.0.0.1:\(hub.port)"],
                ["Referer": "http://evil.example/127.0.0.1:\(hub.port)"],
            ] {
                for code in ["BBBB-BBBB", device.userCode] {
                    for _ in 0..<3 {
                        let answer = try await Self.guess(hub, code, from: "192.0.2.1", headers)
                        #expect(answer.status == 200)
                        // A form with the code in it, whether or not anything waits.
                        #expect(answer.body.contains(#"value="\#(code)""#))
                        #expect(!answer.body.contains("wants to"))
                    }
                }
            }
            let own = HTTPHeaders([
                ("Sec-Fetch-Site", "same-origin"), ("Referer", "http://127.0.0.1:\(hub.port)\(Self.page)"),
            ])
            #expect(try await Self.guess(hub, device.userCode, from: "192.0.2.1", own).body.contains("wants to"))
            #expect(
                try await Self.guess(hub, device.userCode, from: "192.0.2.1", ["Sec-Fetch-Site": "none"]).body
                    .contains("wants to"))
        }
    }

    @Test func logins_ofOneAddress_doNotKeepAnothersOut() async throws {
        try await Self.run { hub in
            let form = ["client_id": "strapline-hub", "scope": "profile:read"]
            func begin(_ address: String) async throws -> TestHub.Answer {
                try await hub.submit(PulsoidPath.deviceAuthorization, form, headers: Self.from(address))
            }
            for _ in 0..<10 { #expect(try await begin("192.0.2.1").status == 200) }
            hub.time.advance(milliseconds: 100_000)
            let refused = try await begin("192.0.2.1")
            #expect(refused.status == 429)
            #expect(refused.headers["retry-after"] == ["500"])
            #expect(try await begin("192.0.2.2").status == 200)
            hub.time.advance(milliseconds: 500_000)
            #expect(try await begin("192.0.2.1").status == 200)
        }
    }
}
