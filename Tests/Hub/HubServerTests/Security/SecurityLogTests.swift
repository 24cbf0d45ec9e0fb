import Logging
import NIOHTTP1
import PulsoidAPI
import Synchronization
import TestKit
import Testing

@testable import HubServer
@testable import HubStore

/// One line for what an owner wants to know of, without a secret.
@Suite(.timeLimit(.minutes(10)))
struct SecurityLogTests {
    /// Keeps the lines of the security log.
    final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var logger: Logger { Logger(label: "hub") { _ in Handler(lines: self) } }

        /// Those since the last time.
        func take() -> [String] {
            lines.withLock { lines in
                defer { lines = [] }
                return lines
            }
        }

        private struct Handler: LogHandler {
            let lines: Lines
            var logLevel = Logger.Level.notice
            var metadata = Logger.Metadata()

            subscript(metadataKey key: String) -> Logger.Metadata.Value? {
                get { metadata[key] }
                set { metadata[key] = newValue }
            }

            func log(event: LogEvent) {
                let text = "\(event.message)"
                if text.hasPrefix("security: ") { lines.lines.withLock { $0.append("\(event.level) \(text)") } }
            }
        }
    }

    private static func run(_ body: @escaping @Sendable (TestHub, Lines) async throws -> Void) async throws {
        let lines = Lines()
        try await TestHub.run(log: lines.logger) { hub in try await body(hub, lines) }
    }

    @Test func consent_grantAndRevocation_areALineEach() async throws {
        try await Self.run { hub, lines in
            let anna = try await hub.addUser("Anna").accessToken
            let id = TokenHash(of: anna).tokenID
            let consent = "peer=127.0.0.1 route=/oauth2/device_authorization_consent"
            let device = try await hub.beginDevice()
            _ = try await hub.decide(device, token: anna)
            #expect(
                lines.take() == [
                    "notice security: consent \(consent) decision=allowed client=strapline-hub "
                        + "scopes=data:heart_rate:read user=1 token=\(id)"
                ])
            let pair: TokenPair = try await hub.askForToken(device).decoded()
            #expect(
                lines.take() == [
                    "notice security: grant peer=127.0.0.1 route=/oauth2/token event=issued grant=1 "
                        + "client=strapline-hub user=1 token=\(id)"
                ])
            _ = try await hub.refresh(pair.refreshToken)
            _ = try await hub.refresh(pair.refreshToken)
            #expect(
                lines.take() == [
                    "warning security: refused peer=127.0.0.1 route=/oauth2/token secret=refresh_token reason=replayed",
                    "notice security: grant peer=127.0.0.1 route=/oauth2/token event=ended grant=1 "
                        + "reason=replayed_refresh_token",
                ])
            _ = try await hub.decide(try await hub.beginDevice(), "deny")
            #expect(
                lines.take() == [
                    "notice security: consent \(consent) decision=denied client=strapline-hub "
                        + "scopes=data:heart_rate:read"
                ])
            _ = try await hub.submit(PulsoidPath.revoke, ["token": anna])
            #expect(lines.take() == ["notice security: revoked peer=127.0.0.1 route=/oauth2/revoke token=\(id)"])
        }
    }

    @Test func adminTokenThatIsRevoked_ends_andIsALine() async throws {
        try await Self.run { hub, lines in
            let admin = try await hub.store.accounts.issueAdminToken(named: "leaked").accessToken
            #expect(try await hub.send(.GET, "/api/hub/v1/admin/users", token: admin).status == 200)
            #expect(try await hub.submit(PulsoidPath.revoke, ["token": admin]).status == 200)
            #expect(lines.take() == ["notice security: revoked peer=127.0.0.1 route=/oauth2/revoke admin_token=1"])
            #expect(try await hub.send(.GET, "/api/hub/v1/admin/users", token: admin).status == 401)
            #expect(try await hub.store.accounts.adminTokens().isEmpty)
        }
    }

    @Test func changesOfTheAdministration_areALineEach() async throws {
        try await Self.run { hub, lines in
            let admin = try await hub.store.accounts.issueAdminToken(named: "Grafana 9").accessToken
            let base = "/api/hub/v1/admin"
            func change(_ route: String) -> String {
                "notice security: change peer=127.0.0.1 route=\(base)\(route) by=\"admin token 1\" "
                    + "by_name=\"Grafana 9\" change="
            }
            for (method, path, body, expected) in [
                (.POST, "/users", #"{"name":"Anna"}"#, change("/users") + "user_added user=1 name=Anna"),
                (
                    .POST, "/admin-tokens", #"{"name":"backdoor"}"#,
                    change("/admin-tokens") + "admin_token_issued admin_token=2 name=backdoor"
                ),
                (
                    .POST, "/clients", #"{"name":"An app","client_id":"app"}"#,
                    change("/clients") + "client_added client=app name=\"An app\""
                ),
                (.DELETE, "/clients/app", nil, change("/clients/{clientId}") + "client_removed client=app"),
                (.DELETE, "/admin-tokens/2", nil, change("/admin-tokens/{id}") + "admin_token_removed admin_token=2"),
                (.DELETE, "/users/Anna", nil, change("/users/{user}") + "user_removed user=1 name=Anna"),
            ] as [(HTTPMethod, String, String?, String)] {
                let answer = try await hub.send(method, base + path, token: admin, body: body)
                #expect(answer.status < 300)
                #expect(lines.take() == [expected])
            }
            let answer = try await hub.send(.POST, base + "/users", token: admin, body: #"{"name":"Ben"}"#)
            #expect(answer.status == 201)
            let room = try await hub.store.accounts.createRoom()
            _ = lines.take()
            for (method, path, body, word) in [
                (.POST, "/tokens", #"{"user":"Ben","scopes":["profile:read"]}"#, "token_issued"),
                (.POST, "/rooms", "{}", "room_created"), (.PUT, "/rooms/\(room)", #"{"config":{}}"#, "room_configured"),
                (.PUT, "/rooms/\(room)/members/Ben", "{}", "member_set"),
                (.DELETE, "/rooms/\(room)/members/Ben", nil, "member_removed"),
                (.DELETE, "/rooms/\(room)", nil, "room_removed"),
            ] as [(HTTPMethod, String, String?, String)] {
                _ = try await hub.send(method, base + path, token: admin, body: body)
                let found = lines.take()
                #expect(found.count == 1)
                #expect(found.first?.contains("change=\(word) ") == true, "\(found)")
            }
        }
    }

    @Test func changesOfCommands_reachTheRunningHubsLog_andAreALineEach() async throws {
        try await Self.run { hub, lines in
            let command = try await hub.openAnother(isCommand: true)
            _ = try await command.accounts.addUser(named: "Anna peer=192.0.2.1")
            let token = try await command.accounts.issueToken(forUser: "1", scopes: ["profile:read"])
            try await command.accounts.removeToken(TokenHash(of: token.accessToken).tokenID)
            try command.close()
            await hub.tick()
            await hub.tick()
            let found = lines.take()
            let start = "notice security: change peer=local route=command-line by=\"command line\" uid="
            #expect(found.count == 3)
            #expect(found.allSatisfy { $0.hasPrefix(start) })
            #expect(found.first?.hasSuffix("change=user_added user=1 name=\"Anna peer=192.0.2.1\"") == true)
            #expect(found.last?.contains("change=token_removed token=") == true)
            #expect(try await hub.rowCount("noted_change") == 0)
        }
    }

    private static let refreshForm = ["grant_type": "refresh_token", "refresh_token": "nonsense"]

    @Test func refusedSecrets_areALineEach_withKindAndReason() async throws {
        try await Self.run { hub, lines in
            let anna = try await hub.addUser("Anna").accessToken
            let poor = try await hub.addUser("Ben", scopes: ["profile:read"], mayConsent: false, lifetime: .seconds(1))
            let secret = try await hub.addCodeClient()
            let device = try await hub.beginDevice()
            func line(_ route: String, _ secret: String, _ reason: String, _ token: String? = nil) -> String {
                "warning security: refused peer=127.0.0.1 route=\(route) secret=\(secret) reason=\(reason)"
                    + (token.map { " token=\(TokenHash(of: $0).tokenID)" } ?? "")
            }
            func expect(_ line: String, after request: () async throws -> TestHub.Answer) async throws {
                _ = try await request()
                #expect(lines.take() == [line])
                // Another minute: an address has ten lines in one.
                hub.time.advance(milliseconds: 60_000)
                await hub.tick()
            }
            let (validate, users) = (PulsoidPath.validateToken, "/api/hub/v1/admin/users")
            _ = try await hub.decide(device, token: poor.accessToken)
            #expect(
                lines.take() == [line(PulsoidPath.deviceConsent, "consent_token", "may_not_consent", poor.accessToken)])
            try await expect(line(validate, "access_token", "unknown")) {
                try await hub.send(.GET, validate, token: "nonsense")
            }
            try await expect(line(validate, "access_token", "expired", poor.accessToken)) {
                try await hub.send(.GET, validate, token: poor.accessToken)
            }
            try await expect(line(users, "admin_token", "unknown")) { try await hub.send(.GET, users, token: "x") }
            try await expect(line(users, "admin_token", "not_admin", anna)) {
                try await hub.send(.GET, users, token: anna)
            }
            try await expect(line(PulsoidPath.token, "client_secret", "unknown")) {
                try await hub.submit(
                    PulsoidPath.token, Self.refreshForm.merging(["client_id": "app", "client_secret": "x"]) { $1 })
            }
            try await expect(line("/heart/oauth/token", "refresh_token", "unknown")) {
                try await hub.submit(
                    "/heart/oauth/token",
                    Self.refreshForm.merging(["client_id": "app", "client_secret": secret]) { $1 })
            }
            try await expect(line(PulsoidPath.token, "authorization_code", "unknown")) {
                try await hub.exchange("nonsense", secret: secret)
            }
            try await expect(line(PulsoidPath.token, "device_code", "unknown")) {
                try await hub.submit(
                    PulsoidPath.token,
                    ["grant_type": GrantType.deviceCode.rawValue, "device_code": "x", "client_id": "strapline-hub"])
            }
            try await expect(line(PulsoidPath.deviceConsent, "user_code", "unknown")) {
                try await hub.send(.GET, PulsoidPath.deviceConsent + "?user_code=BBBB-BBBB")
            }
            try await expect(line("/auth", "consent_token", "unknown")) {
                try await hub.submit(
                    "/auth",
                    ["response_type": "code", "client_id": "app", "decision": "allow", "access_token": "nonsense"])
            }
            _ = try await hub.send(.GET, validate)
            #expect(lines.take() == [], "a missing token is no wrong secret")
        }
    }

    @Test func wrongSecretsInALoop_writeTenLinesAMinute_andTheirSum() async throws {
        try await Self.run { hub, lines in
            let validate = PulsoidPath.validateToken
            for _ in 0..<25 { _ = try await hub.send(.GET, validate, token: "nonsense") }
            #expect(lines.take().count == 10)
            hub.time.advance(milliseconds: 60_000)
            await hub.tick()
            #expect(
                lines.take() == ["warning security: refused peer=127.0.0.1 route=\(validate) more=15"])
            await hub.tick()
            #expect(lines.take() == [])
        }
    }
}
