import DestinationHarness
import PulsoidAPI
import TestKit
import Testing
import Tokens
import WebClient

@testable import Pulsoid

/// The flow against a real socket.
@Suite(.timeLimit(.minutes(10))) struct PulsoidOAuthTests {
    private static let authorization = StubAnswer.json(
        200,
        #"""
        {"device_code": "device-1", "user_code": "ABCD-EFGH", "verification_uri": "https://pulsoid.net/device",
         "verification_uri_complete": "https://pulsoid.net/device?code=ABCD-EFGH", "expires_in": 600, "interval": 3}
        """#)
    private static let granted = StubAnswer.json(
        200, #"{"access_token": "access-1", "refresh_token": "refresh-1", "expires_in": 3600, "token_type": "bearer"}"#)

    private static func no(_ error: String, status: Int = 400) -> StubAnswer {
        .json(status, #"{"error": "\#(error)", "error_description": "because of \#(error)"}"#)
    }

    /// Logs in against these answers, every wait waited out at once.
    private func logIn(
        _ answers: [StubAnswer], _ check: @Sendable ([StubRequest], [DeviceAuthorization]) throws -> Void = { _, _ in }
    ) async throws -> StoredToken {
        let clock = ManualClock()
        let shown = Recorder<DeviceAuthorization>()
        return try await StubServer.run(answering: answers) { server, requests in
            let oauth = try PulsoidOAuth(service: ServiceAddress(server.url), limits: .patient, time: ManualTime())
            return try await withThrowingTaskGroup(of: StoredToken?.self) { group in
                group.addTask {
                    try await oauth.logIn(clientID: "client 1", scopes: [.heartRateWrite, .roomRead], clock: clock) {
                        _ = shown.append($0)
                    }
                }
                group.addTask {
                    await clock.waitOutEverything(upTo: .seconds(60))
                    return nil
                }
                defer { group.cancelAll() }
                let token = try await group.next() ?? nil
                try check(requests.all, shown.all)
                return try #require(token)
            }
        }
    }

    @Test func logIn_asksAsPublished_andGivesThePair() async throws {
        let token = try await logIn(
            [Self.authorization, Self.no("authorization_pending"), Self.no("slow_down"), StubAnswer(503), Self.granted]
        ) { requests, shown in
            #expect(requests.count == 5)
            #expect(requests[0].target == "/oauth2/device_authorization")
            #expect(requests[0].header("Content-Type") == "application/x-www-form-urlencoded")
            #expect(requests[0].body == "client_id=client%201&scope=data%3Aheart_rate%3Awrite%2Cdata%3Aroom%3Aread")
            #expect(requests[1].target == "/oauth2/token")
            #expect(
                requests[1].body
                    == "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=device-1"
                    + "&client_id=client%201")
            #expect(shown.map(\.userCode) == ["ABCD-EFGH"])
        }
        #expect(token.access.revealed == "access-1")
        #expect(token.refresh?.revealed == "refresh-1")
        #expect(token.expiresAtSeconds == 1_767_229_200 as Int64)
        #expect(token.clientID == "client 1")
    }

    @Test(arguments: [
        ("access_denied", LoginError.Code.denied), ("expired_token", .expired), ("invalid_grant", .rejected),
        ("something_new", .rejected),
    ])
    func logIn_whenItIsRefused_saysWhy(error: String, code: LoginError.Code) async throws {
        let thrown = await #expect(throws: LoginError.self) {
            _ = try await logIn([Self.authorization, Self.no("authorization_pending"), Self.no(error)])
        }
        #expect(thrown?.code == code)
        if code == .rejected { #expect(thrown?.description.contains("because of \(error)") == true) }
    }

    @Test func logIn_whenTheClientIsUnknown_saysSo() async throws {
        let thrown = await #expect(throws: LoginError.self) {
            _ = try await logIn([Self.no("invalid_client", status: 401)])
        }
        #expect(thrown?.code == .rejected)
        #expect(thrown?.description.contains("client id") == true)
    }

    @Test(arguments: [StubAnswer.portal, StubAnswer(404), .json(200, "{}"), StubAnswer(500)])
    func logIn_whenThatIsNotPulsoid_isUnavailable(answer: StubAnswer) async throws {
        let thrown = await #expect(throws: LoginError.self) { _ = try await logIn([answer]) }
        #expect(thrown?.code == .unavailable)
    }

    @Test func logIn_whenCancelled_endsAtOnce() async throws {
        let clock = ManualClock()
        try await StubServer.run(answering: [Self.authorization]) { server, _ in
            let oauth = try PulsoidOAuth(service: ServiceAddress(server.url), limits: .patient)
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try await oauth.logIn(clientID: "c", scopes: [.heartRateWrite], clock: clock) { _ in }
                }
                await clock.untilSleeping()
                group.cancelAll()
                await #expect(throws: CancellationError.self) { try await group.next() }
            }
        }
    }

    @Test func answer_thatCannotBeRead_showsNoToken() async throws {
        let secret = try #require(AccessToken("refresh-1"))
        try await StubServer.run(answering: [.json(200, #"{"acces_token": "access-1"}"#)]) { server, _ in
            let oauth = try PulsoidOAuth(service: ServiceAddress(server.url), limits: .patient)
            guard case .unavailable(_, let reason) = await oauth.grant(refreshing: secret, clientID: "c") else {
                Issue.record("taken")
                return
            }
            #expect(!reason.contains("access-1"))
        }
    }
}
