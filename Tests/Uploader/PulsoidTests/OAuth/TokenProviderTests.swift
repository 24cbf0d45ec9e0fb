import Delivery
import DestinationHarness
import FoundationEssentials
import Glibc
import HeartRate
import Outbox
import TestKit
import Testing
import Timing
import Tokens
import WebClient

@testable import Pulsoid

/// Real files, real sockets: one server is Pulsoid's OAuth page, another its API.
@Suite(.timeLimit(.minutes(10))) struct TokenProviderTests {
    private let folder = TemporaryDirectory()
    private let time = ManualTime()

    private var path: String { folder.file("token") }
    private var file: String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    private var nowSeconds: Int64 { time.now().wallMilliseconds / 1000 }

    private func store(
        _ access: String, refresh: String? = "refresh-1", expiresIn seconds: Int64 = 3600, clientID: String? = "c"
    ) throws {
        let token = StoredToken(
            access: try #require(AccessToken(access)), refresh: refresh.flatMap { AccessToken($0) },
            expiresAtSeconds: nowSeconds + seconds, clientID: clientID)
        try Data(try token.fileText.utf8).write(to: URL(filePath: path))
        chmod(path, 0o600)
    }

    private func keeper(_ server: StubServer) throws -> TokenProvider {
        TokenProvider(
            source: .file(path: path),
            oauth: try PulsoidOAuth(service: ServiceAddress(server.url), limits: .patient, time: time),
            time: time)
    }

    private static func pair(_ number: Int, expiresIn seconds: Int = 3600) -> StubAnswer {
        .json(
            200,
            #"{"access_token": "access-\#(number)", "refresh_token": "refresh-\#(number)", "expires_in": \#(seconds)}"#)
    }

    private static let gone = StubAnswer.json(400, #"{"error": "invalid_grant", "error_description": "token is used"}"#)

    @Test func token_whenItIsAboutToEnd_isRenewedAndOnTheDiskBeforeItIsGiven() async throws {
        try store("access-1", expiresIn: 200)
        try await StubServer.run(answering: [Self.pair(2)]) { server, requests in
            let keeper = try keeper(server)
            #expect(try await keeper.token().revealed == "access-2")
            let stored = try TokenSource.file(path: path).stored()
            #expect(stored.access.revealed == "access-2")
            #expect(stored.refresh?.revealed == "refresh-2")
            #expect(stored.expiresAtSeconds == nowSeconds + 3600)
            #expect(stored.clientID == "c")
            #expect(requests.all.map(\.body) == ["grant_type=refresh_token&refresh_token=refresh-1&client_id=c"])
            #expect(requests.all.allSatisfy { !$0.target.contains("refresh-1") })
            var status = stat()
            stat(path, &status)
            #expect(status.st_mode & 0o777 == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["token"])
        }
    }

    @Test func tokens_ofManyWhoAskAtOnce_areRenewedOnce() async throws {
        try store("access-1")
        try await StubServer.run(answering: [Self.pair(2), Self.gone]) { server, requests in
            let keeper = try keeper(server)
            let old = try await keeper.token()
            let tokens = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<20 { group.addTask { try await keeper.token(insteadOf: old)?.revealed } }
                return try await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(tokens == Array(repeating: "access-2", count: 20))
            #expect(requests.all.count == 1)
        }
    }

    @Test func token_whenWhoAskedIsCancelled_isRenewedAndKeptAllTheSame() async throws {
        try store("access-1")
        let asked = Watched(false)
        let mayAnswer = Watched(false)
        try await StubServer.run { connection in
            guard try await connection.request() != nil else { return }
            asked.change { $0 = true }
            await mayAnswer.until { $0 }
            try await connection.answer(Self.pair(2))
            try await connection.untilClosed()
        } during: { server in
            let keeper = try keeper(server)
            let old = try await keeper.token()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await keeper.token(insteadOf: old) }
                await asked.until { $0 }
                group.cancelAll()
                mayAnswer.change { $0 = true }
            }
            #expect(file.contains("refresh-2"))
        }
    }

    @Test func token_whenTheRefreshIsRefusedForGood_saysHowToLogInAgain_andAsksNoMore() async throws {
        try store("access-1")
        try await StubServer.run(answering: [Self.gone]) { server, requests in
            let keeper = try keeper(server)
            let old = try await keeper.token()
            for _ in 0..<2 {
                let error = await #expect(throws: TokenUnavailable.self) { try await keeper.token(insteadOf: old) }
                guard case .notAuthorised(let reason)? = error else { Issue.record("\(error as Any)"); continue }
                #expect(reason.contains("Get a new token."))
                #expect(reason.contains("token is used"))
                #expect(!reason.contains("refresh-1"))
            }
            #expect(requests.all.count == 1)
            // The user logs in: it goes on at once.
            try store("access-7", refresh: "refresh-7")
            #expect(try await keeper.token().revealed == "access-7")
            #expect(try await keeper.token(insteadOf: old)?.revealed == "access-7")
        }
    }

    @Test func token_whenTheRefreshFailsForNow_isTriedAgainAfterTheWait() async throws {
        try store("access-1")
        try await StubServer.run(
            answering: [StubAnswer(503, headers: [("Retry-After", "120")]), StubAnswer.portal, Self.pair(2)]
        ) { server, requests in
            let keeper = try keeper(server)
            let old = try await keeper.token()
            #expect(await later(keeper, old) == .seconds(120))
            time.advance(milliseconds: 119_000)
            #expect(await later(keeper, old) == .seconds(1))
            #expect(requests.all.count == 1)
            time.advance(milliseconds: 1_000)
            #expect(try #require(await later(keeper, old)) >= .seconds(1))
            #expect(requests.all.count == 2)
            #expect(file.contains("refresh-1"))
            time.advance(milliseconds: 60_000)
            #expect(try await keeper.token(insteadOf: old)?.revealed == "access-2")
        }
    }

    private func later(_ keeper: TokenProvider, _ old: AccessToken) async -> Duration? {
        do {
            _ = try await keeper.token(insteadOf: old)
            return nil
        } catch {
            guard case .later(let wait, _) = error else { return nil }
            return wait
        }
    }

    @Test func token_whenTheFileCannotBeReplaced_isNotSpent() async throws {
        let locked = folder.file("gone")
        mkdir(locked, 0o700)
        let path = locked + "/token"
        try store("access-1")
        try FileManager.default.moveItem(atPath: self.path, toPath: path)
        // /proc takes no files from any user, not even root.
        let source = TokenSource.file(path: "/proc/self/fd/\(open(path, O_RDONLY))")
        unlink(path)
        rmdir(locked)
        try await StubServer.run(answering: [Self.pair(2)]) { [time] server, requests in
            let keeper = TokenProvider(
                source: source,
                oauth: try PulsoidOAuth(service: ServiceAddress(server.url), limits: .patient, time: time), time: time)
            let old = try #require(AccessToken("access-1"))
            let error = await #expect(throws: TokenUnavailable.self) { try await keeper.token(insteadOf: old) }
            guard case .later(_, let reason)? = error else {
                Issue.record("\(error as Any)")
                return
            }
            #expect(reason.contains("cannot be written"))
            #expect(requests.all.isEmpty)
        }
    }

    @Test func token_ofACredential_isUsedAndNeverSpent() async throws {
        try store("access-1", expiresIn: 10)
        try await StubServer.run(answering: [Self.pair(2)]) { [time] server, requests in
            let keeper = TokenProvider(
                source: .credential(name: "pair", file: path),
                oauth: try PulsoidOAuth(service: ServiceAddress(server.url), limits: .patient, time: time), time: time)
            let old = try await keeper.token()
            #expect(old.revealed == "access-1")
            let error = await #expect(throws: TokenUnavailable.self) { try await keeper.token(insteadOf: old) }
            guard case .notAuthorised(let reason)? = error else {
                Issue.record("\(error as Any)")
                return
            }
            #expect(reason.contains("cannot be changed"))
            #expect(requests.all.isEmpty)
        }
    }

    @Test func deliver_whenTheTokenHasEnded_renewsItAndSendsTheReadingAgain() async throws {
        try store("access-1")
        try await StubServer.run(answering: [Self.pair(2)]) { oauth, _ in
            try await StubServer.run(
                answering: [.json(401, #"{"error_code": "7006", "error_message": "token_expired"}"#), StubAnswer(200)]
            ) { server, requests in
                let outcome = try await deliver(to: server, keeper(oauth))
                #expect(outcome == .accepted)
                #expect(requests.all.map { $0.header("Authorization") } == ["Bearer access-1", "Bearer access-2"])
                #expect(Set(requests.all.map(\.body)).count == 1)
            }
        }
    }

    @Test func deliver_whenTheScopeIsMissing_renewsNothing() async throws {
        try store("access-1")
        try await StubServer.run(answering: [Self.pair(2)]) { oauth, refreshes in
            try await StubServer.run(
                answering: [.json(401, #"{"error_code": 7008, "error_message": "insufficient_scope"}"#)]
            ) { server, requests in
                guard case .pause = try await deliver(to: server, keeper(oauth)) else {
                    Issue.record("was taken")
                    return
                }
                #expect(requests.all.count == 1)
                #expect(refreshes.all.isEmpty)
            }
        }
    }

    @Test func deliver_whenTheRenewedTokenIsNotTakenEither_isNotAuthorised() async throws {
        try store("access-1")
        try await StubServer.run(answering: [Self.pair(2)]) { oauth, refreshes in
            try await StubServer.run(answering: [StubAnswer(401)]) { server, requests in
                let keeper = try keeper(oauth)
                for _ in 0..<3 {
                    guard case .pause = try await deliver(to: server, keeper) else {
                        Issue.record("was taken")
                        return
                    }
                }
                #expect(requests.all.count == 4)
                #expect(refreshes.all.count == 1)
            }
        }
    }

    private func deliver(to server: StubServer, _ keeper: TokenProvider) async throws -> DeliveryOutcome {
        let destination = try PulsoidDestination(
            name: "pulsoid", service: ServiceAddress(server.url), tokens: keeper, client: .patient(), time: time)
        return await destination.deliver([
            Reading(
                strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 75), measuredAtMilliseconds: 1,
                bootMilliseconds: 1)
        ])
    }
}
