import Delivery
import DestinationHarness
import FoundationEssentials
import HeartRate
import Outbox
import Pulsoid
import PulsoidAPI
import TestKit
import Testing
import Tokens
import WebClient

@Suite(.timeLimit(.minutes(10))) struct PulsoidDestinationTests {
    private static let secret = "8c4da3ce-7ed7-4a19-a1f1-058498661e45"
    private let folder = TemporaryDirectory()

    private var tokenPath: String { folder.file("pulsoid.token") }

    private func write(token: String) throws {
        try Data(token.utf8).write(to: URL(filePath: tokenPath))
    }

    private func destination(
        _ server: StubServer, limits: WebClientLimits = .patient
    ) throws
        -> PulsoidDestination
    {
        try PulsoidDestination(
            name: "pulsoid", service: ServiceAddress(server.url),
            tokens: TokenProvider(source: .file(path: tokenPath)), client: WebClient(limits: limits), time: ManualTime()
        )
    }

    private func reading(_ beatsPerMinute: UInt16 = 75, contact: SensorContact = .detected) -> Reading {
        Reading(
            strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: beatsPerMinute, contact: contact),
            measuredAtMilliseconds: 1_709_312_400_000, bootMilliseconds: 1)
    }

    private func outcome(of answer: StubAnswer) async throws -> DeliveryOutcome {
        try write(token: Self.secret)
        return try await StubServer.run(answering: [answer]) { server, _ in
            try await destination(server).deliver([reading()])
        }
    }

    @Test func deliver_sendsThePublishedRequest() async throws {
        try write(token: Self.secret + "\n")
        try await StubServer.run(answering: [.json(200, "{}")]) { server, requests in
            #expect(try await destination(server).deliver([reading()]) == .accepted)
            let request = try #require(requests.all.first)
            #expect(request.method == "POST")
            #expect(request.target == "/api/v1/data")
            #expect(request.header("Authorization") == "Bearer \(Self.secret)")
            #expect(request.header("Content-Type") == "application/json")
            let published = #"{"measured_at": 1709312400000, "data": {"heart_rate": 75}}"#
            let decode = { (text: String) in try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) }
            #expect(try decode(request.body) == decode(published))
        }
    }

    @Test func limits_areOneReadingAndTwentyRequestsASecond() async throws {
        let limits = try destination(StubServer(port: 1)).limits
        #expect(limits.readingsPerRequest == 1)
        #expect(limits.requestsPerSecond == 20)
        #expect(limits.requestsInFlight > 1)
    }

    @Test(arguments: [StubAnswer(200), .json(200, "{}"), .json(201, "{}"), StubAnswer(200, body: "OK")])
    func deliver_whenAccepted(answer: StubAnswer) async throws {
        #expect(try await outcome(of: answer) == .accepted)
    }

    @Test(arguments: [400, 409, 412, 413, 415, 422]) func deliver_whenRefused_givesTheReason(status: Int) async throws {
        let answer = StubAnswer.json(status, #"{"error_code":"6002","error_message":"heart_rate is odd"}"#)
        guard case .refused(let reason) = try await outcome(of: answer) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("answered \(status)"))
        #expect(reason.contains("\"heart_rate is odd\" (6002)"))
    }

    @Test(arguments: [
        (401, #"{"error_code":7005,"error_message":"token_not_found"}"#, "is not known there"),
        (401, #"{"error_code":"7008","error_message":"insufficient_scope"}"#, "lacks the scope data:heart_rate:write"),
        (403, #"{"error_code":"7006","error_message":"token_expired"}"#, "has expired"),
        (401, "", "data:heart_rate:write"), (403, "no", "data:heart_rate:write"),
        (402, #"{"error_code":"7007","error_message":"premium_required"}"#, "paid plan"),
    ])
    func deliver_whenNotAuthorised_saysWhatToDo(status: Int, body: String, advice: String) async throws {
        guard case .pause(let reason) = try await outcome(of: .json(status, body)) else {
            Issue.record("not .pause")
            return
        }
        #expect(reason.contains(advice))
        #expect(reason.contains("the token file \(tokenPath)"))
    }

    @Test(arguments: [404, 405, 410, 408, 425, 429, 500, 502, 503, 504, 302, 307, 426, 451])
    func deliver_whenNothingSaysThatTheReadingIsAtFault_triesLater(status: Int) async throws {
        guard case .tryLater(nil, let reason) = try await outcome(of: StubAnswer(status)) else {
            Issue.record("not .tryLater")
            return
        }
        #expect(reason.contains("answered \(status)"))
    }

    @Test func deliver_whenTheServerNamesAWait_passesItOn() async throws {
        for status in [429, 503] {
            let answer = StubAnswer(status, headers: [("Retry-After", "7")])
            guard case .tryLater(.seconds(7), _) = try await outcome(of: answer) else {
                Issue.record("not .tryLater after 7 s")
                return
            }
        }
    }

    @Test(arguments: [200, 400, 403, 404]) func deliver_whenAPortalAnswers_triesLater(status: Int) async throws {
        var portal = StubAnswer.portal
        portal.status = status
        guard case .tryLater(nil, let reason) = try await outcome(of: portal) else {
            Issue.record("not .tryLater")
            return
        }
        #expect(reason.contains("web page"))
    }

    @Test func deliver_whenRedirected_takesTheTokenNowhereElse() async throws {
        try write(token: Self.secret)
        try await StubServer.run(answering: [StubAnswer(200)]) { elsewhere, strayed in
            let answer = StubAnswer(307, headers: [("Location", elsewhere.url + "/api/v1/data")])
            try await StubServer.run(answering: [answer]) { server, _ in
                guard case .tryLater(nil, let reason) = try await destination(server).deliver([reading()]) else {
                    Issue.record("not .tryLater")
                    return
                }
                #expect(reason.contains(elsewhere.url))
            }
            #expect(strayed.all.isEmpty)
        }
    }

    @Test(arguments: [0, 1, 2]) func deliver_withoutAWholeAnswer_triesLater(fault: Int) async throws {
        try write(token: Self.secret)
        var limits = WebClientLimits()
        limits.silenceTimeout = .seconds(1)
        try await StubServer.run { connection in
            _ = try await connection.request()
            switch fault {
            case 0: try await connection.reset()
            case 1: try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{")
            default: try await connection.untilClosed()
            }
        } during: { [limits] server in
            guard case .tryLater(nil, _) = try await destination(server, limits: limits).deliver([reading()]) else {
                Issue.record("not .tryLater")
                return
            }
        }
    }

    @Test func deliver_whenTheServerRepeatsTheToken_theReasonDoesNot() async throws {
        for status in [400, 401, 402, 404, 500] {
            for body in [Self.secret, #"{"error_code":"1","error_message":"bad \#(Self.secret)!"}"#] {
                let outcome = try await outcome(of: StubAnswer(status, body: body))
                #expect(!"\(outcome)".contains(Self.secret))
                #expect("\(outcome)".contains("<token>"))
            }
        }
    }

    @Test func deliver_whenTheServerSendsControlCharacters_theReasonHasNone() async throws {
        let answer = StubAnswer(500, body: "\u{1B}[31mred\nforged line\u{202E}")
        guard case .tryLater(_, let reason) = try await outcome(of: answer) else {
            Issue.record("not .tryLater")
            return
        }
        #expect(reason.hasSuffix("answered 500: \"[31mred forged line\""))
    }

    @Test func deliver_afterTheTokenWasReplaced_sendsTheNewOne() async throws {
        try await StubServer.run(answering: [StubAnswer(401), StubAnswer(200)]) { server, requests in
            let destination = try destination(server)
            guard case .pause(let missing) = await destination.deliver([reading()]) else {
                Issue.record("not .pause")
                return
            }
            #expect(missing.contains("cannot be read: No such file"))
            try write(token: "old")
            _ = await destination.deliver([reading()])
            try write(token: "new")
            #expect(await destination.deliver([reading()]) == .accepted)
            #expect(requests.all.map { $0.header("Authorization") } == ["Bearer old", "Bearer new"])
        }
    }

    @Test func deliver_ofWhatIsNoHeartRate_sendsNothing() async throws {
        try await StubServer.run(answering: [StubAnswer(500)]) { server, requests in
            let outcome = try await destination(server).deliver([reading(0), reading(80, contact: .notDetected)])
            #expect(outcome == .accepted)
            #expect(requests.all.isEmpty)
        }
    }
}
