import Destinations
import FoundationEssentials
import Outbox
import TestKit
import Testing
import Tokens
import UploaderConfiguration
import WebClient

@testable import Doctor

/// The probe and the check of destinations, against a server.
@Suite(.timeLimit(.minutes(10))) struct DestinationTests {
    private static let secret = "8c4da3ce-7ed7-4a19-a1f1-058498661e45"
    private static let validation =
        #"{"client_id":"c","expires_in":8640000,"profile_id":null,"scopes":["data:heart_rate:write"]}"#

    private let folder = TemporaryDirectory()

    private func token(mode: Int = 0o600) throws -> TokenSource {
        let path = folder.file("token")
        try Data(Self.secret.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return .file(path: path)
    }

    private func target(
        _ name: String = "pulsoid", at url: String, _ token: TokenSource, strap: String = "chest"
    ) throws -> UploadPlan.Target {
        UploadPlan.Target(
            lane: Lane(strap: strap, destination: name),
            service: try #require(DestinationSection.Service(rawValue: name)),
            settings: DestinationSettings(
                name: name, address: try ServiceAddress(url), token: token,
                options: OptionValues(name == "cardiogram" ? ["user_id": .text("1")] : [:])))
    }

    private func findings(_ targets: [UploadPlan.Target]) async -> [Finding] {
        // On a clock that stands still: however slow the machine is, no time is over.
        await DestinationProbe(client: WebClient(), clock: ManualClock()).facts(about: targets).flatMap(
            DestinationCheck.findings)
    }

    private func findings(pulsoidAnswers answer: StubAnswer, mode: Int = 0o600) async throws -> [Finding] {
        let token = try token(mode: mode)
        return try await StubServer.run(answering: [answer]) { server, _ in
            await findings([try target(at: server.url, token)])
        }
    }

    @Test func pulsoid_whenTheTokenIsGood_isFine() async throws {
        let findings = try await findings(pulsoidAnswers: .json(200, Self.validation))
        #expect(findings.map(\.check) == [.service, .token])
        #expect(findings.map(\.level) == [.ok, .ok])
        #expect(findings[1].sentence == "chest -> pulsoid: the token may upload, for 100 days more.")
    }

    @Test(arguments: [
        (#"{"client_id":"c","expires_in":0,"scopes":["data:heart_rate:write"]}"#, Finding.Level.problem, "expired"),
        (#"{"client_id":"c","expires_in":9999999,"scopes":["data:room:read"]}"#, .problem, "it has: data:room:read."),
        (#"{"client_id":"c","expires_in":9999999,"scopes":[]}"#, .problem, "it has: none."),
        (#"{"client_id":"c","expires_in":7200,"scopes":["data:heart_rate:write"]}"#, .warning, "expires in 2 h"),
    ])
    func pulsoid_whenTheTokenDoesNotDo_saysWhichIsNeeded(body: String, level: Finding.Level, words: String) async throws
    {
        let finding = try #require(try await findings(pulsoidAnswers: .json(200, body)).last)
        #expect(finding.check == .token)
        #expect(finding.level == level)
        #expect(finding.sentence.contains(words))
        #expect(finding.remedy?.contains("data:heart_rate:write") == true)
    }

    @Test(arguments: [
        (StubAnswer.json(401, #"{"error_message":"bad \#(secret)"}"#), Finding.Check.token), (.json(402, "{}"), .token),
        (.json(503, "{}"), .service), (.json(404, "{}"), .service), (.portal, .service),
    ])
    func pulsoid_whenItRefuses_saysWhatIsWrong(answer: StubAnswer, check: Finding.Check) async throws {
        let findings = try await findings(pulsoidAnswers: answer)
        #expect(findings.map(\.check) == [check])
        #expect(findings.map(\.level) == [.problem])
        #expect(findings.allSatisfy { $0.remedy != nil })
        #expect(!"\(findings)".contains(Self.secret))
    }

    @Test func token_whenOthersMayReadIt_isWarnedOf() async throws {
        let findings = try await findings(pulsoidAnswers: .json(200, Self.validation), mode: 0o644)
        #expect(findings.map(\.level) == [.warning, .ok, .ok])
        #expect(findings[0].remedy == "chmod 600 \(folder.file("token"))")
    }

    @Test func token_whenMissing_isAProblem_andTheServiceIsAskedWithout() async throws {
        let missing = TokenSource.file(path: folder.file("missing"))
        try await StubServer.run(answering: [StubAnswer(401)]) { server, requests in
            let findings = await findings([try target(at: server.url, missing)])
            #expect(findings.map(\.check) == [.token, .service])
            #expect(findings.map(\.level) == [.problem, .ok])
            #expect(requests.all.map { $0.header("Authorization") } == [nil])
        }
    }

    @Test func token_ofTheUnit_isNotJudgedOutsideOfIt() async throws {
        try await StubServer.run(answering: [StubAnswer(401)]) { server, _ in
            let credential = TokenSource.credential(name: "pulsoid")
            let findings = await findings([try target(at: server.url, credential)])
            #expect(findings.map(\.level) == [.info, .ok])
        }
    }

    @Test func cardiogram_whenItAnswersAnything_isThere_andGetsNoToken() async throws {
        let token = try token()
        try await StubServer.run(answering: [StubAnswer(404)]) { server, requests in
            let findings = await findings([try target("cardiogram", at: server.url, token)])
            #expect(findings.map(\.check) == [.service])
            #expect(findings.map(\.level) == [.ok])
            #expect(!"\(requests.all)".contains(Self.secret))
        }
    }

    @Test func service_whenNobodyListens_saysSoInWords() async throws {
        let deaf = DeafPort()
        let url = "http://127.0.0.1:\(deaf.port)"
        let findings = await findings([try target(at: url, try token())])
        #expect(findings.map(\.check) == [.service])
        #expect(findings.map(\.level) == [.problem])
        #expect(findings[0].sentence.contains("\(url) refuses the connection"))
        withExtendedLifetime(deaf) {}
    }

    @Test func service_whenItHangs_isGivenUp() async throws {
        let clock = ManualClock()
        let token = try token()
        let asked = Recorder<StubRequest>()
        let facts = try await StubServer.run { connection in
            if let request = try await connection.request() { asked.append(request) }
            try await connection.untilClosed()
        } during: { server in
            let target = try target(at: server.url, token)
            async let facts = DestinationProbe(client: WebClient(), clock: clock).facts(about: [target])
            await asked.until { !$0.isEmpty }
            await clock.waitOut(DestinationProbe.answerLimit)
            return await facts
        }
        let findings = facts.flatMap(DestinationCheck.findings)
        #expect(findings.map(\.check) == [.service])
        #expect(findings[0].level == .problem)
    }

    @Test func service_ofSeveralStraps_isAskedOnce() async throws {
        let token = try token()
        try await StubServer.run(answering: [.json(200, Self.validation)]) { server, requests in
            let targets = try ["chest", "arm"].map {
                try target(at: server.url, token, strap: $0)
            }
            let findings = await findings(targets)
            #expect(requests.all.count == 1)
            #expect(findings.allSatisfy { $0.sentence.hasPrefix("chest -> pulsoid, arm -> pulsoid: ") })
        }
    }
}
