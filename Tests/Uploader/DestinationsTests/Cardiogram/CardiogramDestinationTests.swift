import CardiogramAPI
import Delivery
import DestinationHarness
import Destinations
import FoundationEssentials
import HeartRate
import Outbox
import TestKit
import Testing
import Tokens
import WebClient

@Suite(.timeLimit(.minutes(10))) struct CardiogramDestinationTests {
    private static let secret = "8c4da3ce-7ed7-4a19-a1f1-058498661e45"
    private let folder = TemporaryDirectory()

    private func destination(_ server: StubServer) throws -> CardiogramDestination {
        let path = folder.file("cardiogram.token")
        try Data(Self.secret.utf8).write(to: URL(filePath: path))
        return try CardiogramDestination(
            name: "cardiogram", service: ServiceAddress(server.url), userID: "1", token: .file(path: path),
            client: .patient(), time: ManualTime())
    }

    private func readings(_ beats: [(milliseconds: Int64, beatsPerMinute: UInt16)]) -> [Reading] {
        beats.map {
            Reading(
                strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: $0.beatsPerMinute),
                measuredAtMilliseconds: $0.milliseconds, bootMilliseconds: 1)
        }
    }

    private func outcome(of answer: StubAnswer) async throws -> DeliveryOutcome {
        try await StubServer.run(answering: [answer]) { server, _ in
            try await destination(server).deliver(readings([(1_546_025_628_000, 60)]))
        }
    }

    @Test func deliver_sendsThePublishedRequest() async throws {
        try await StubServer.run(answering: [.json(200, #"{ "success": true }"#)]) { server, requests in
            let readings = readings([(1_546_025_628_999, 60), (1_546_025_701_000, 62)])
            #expect(try await destination(server).deliver(readings) == .accepted)
            let request = try #require(requests.all.first)
            #expect(request.method == "POST")
            #expect(request.target == "/heart/oauth/users/1/beats")
            #expect(request.header("Authentication") == "Bearer \(Self.secret)")
            #expect(request.header("Authorization") == "Bearer \(Self.secret)")
            #expect(request.header("Content-Type") == "application/json")
            let published =
                "{ \"beats\": [{ \"start\": 1546025628, \"end\": 1546025628, \"value\": 60 }, "
                + "{ \"start\": 1546025701, \"end\": 1546025701, \"value\": 62 }] }"
            let decode = { (text: String) in try JSONDecoder().decode(BeatsRequest.self, from: Data(text.utf8)) }
            #expect(try decode(request.body) == decode(published))
        }
    }

    @Test func deliver_averagesTheReadingsOfASecond() async throws {
        try await StubServer.run(answering: [.json(200, "{}")]) { server, requests in
            let readings = readings([
                (1000, 60), (1333, 60), (1999, 61), (2000, 70), (2500, 71), (4000, 0), (5000, 80), (1500, 62),
            ])
            #expect(try await destination(server).deliver(readings) == .accepted)
            let body = Data(try #require(requests.all.first).body.utf8)
            #expect(
                try JSONDecoder().decode(BeatsRequest.self, from: body).beats == [
                    Beat(start: 1, end: 1, value: 60.75), Beat(start: 2, end: 2, value: 70.5),
                    Beat(start: 5, end: 5, value: 80),
                ])
        }
    }

    @Test func deliver_roundsToHundredths() async throws {
        try await StubServer.run(answering: [.json(200, "{}")]) { server, requests in
            _ = try await destination(server).deliver(readings([(0, 60), (1, 60), (2, 61)]))
            #expect(
                requests.all.first?.body.contains("60.33}") == true
                    || requests.all.first?.body.contains("60.33,") == true)
        }
    }

    @Test func limits_areBatchesThatKeepASecondTogether() throws {
        let limits = try destination(StubServer(port: 1)).limits
        #expect(limits.readingsPerRequest == 500)
        #expect(limits.linger == .seconds(30))
        #expect(limits.keepTogetherMilliseconds == 1000)
        #expect(limits.requestsPerSecond == nil)
    }

    @Test(arguments: [#"{ "success": true }"#, "{}"]) func deliver_whenSaved(body: String) async throws {
        #expect(try await outcome(of: .json(200, body)) == .accepted)
    }

    @Test(arguments: [#"{"success": false}"#, "", "OK", "[]"])
    func deliver_whenNothingSaysThatTheBeatsAreSaved_triesLater(body: String) async throws {
        guard case .tryLater(nil, let reason) = try await outcome(of: StubAnswer(200, body: body)) else {
            Issue.record("not .tryLater")
            return
        }
        #expect(reason.contains("answered 200"))
    }

    @Test(arguments: [Refusal.malformedInput, .negativeValue, .notInSeconds])
    func deliver_whenRefused_givesCardiogramsWords(refusal: Refusal) async throws {
        let answer = StubAnswer.json(refusal.httpStatus, #"{ "message": "\#(refusal.message)" }"#)
        guard case .refused(let reason) = try await outcome(of: answer) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("answered 400: \"\(refusal.message)\""))
    }

    @Test(arguments: [400, 409, 412, 413, 415, 422])
    func deliver_whenRefusedInOtherWords_givesThem(status: Int) async throws {
        guard case .refused(let reason) = try await outcome(of: StubAnswer(status, body: "no")) else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("\"no\""))
    }

    @Test(arguments: [
        (400, #"{ "message": "User does not exist." }"#),
        (403, #"{ "message": "userId does not match access token." }"#),
        (401, ""), (402, ""),
    ])
    func deliver_whenTheConfigurationIsAtFault_isNotAuthorised(status: Int, body: String) async throws {
        guard case .pause(let reason) = try await outcome(of: .json(status, body)) else {
            Issue.record("not .pause")
            return
        }
        #expect(reason.contains("answered \(status)"))
        #expect(reason.contains(folder.file("cardiogram.token")))
    }

    @Test(arguments: [404, 405, 410, 408, 425, 429, 500, 502, 503, 302, 451])
    func deliver_whenNothingSaysThatTheBeatsAreAtFault_triesLater(status: Int) async throws {
        guard case .tryLater(nil, let reason) = try await outcome(of: StubAnswer(status)) else {
            Issue.record("not .tryLater")
            return
        }
        #expect(reason.contains("answered \(status)"))
    }

    @Test(arguments: [200, 400, 403]) func deliver_whenAPortalAnswers_triesLater(status: Int) async throws {
        var portal = StubAnswer.portal
        portal.status = status
        guard case .tryLater(nil, _) = try await outcome(of: portal) else {
            Issue.record("not .tryLater")
            return
        }
    }

    @Test func deliver_whenTheServerNamesAWait_passesItOn() async throws {
        let answer = StubAnswer(503, headers: [("Retry-After", "Thu, 01 Jan 2026 00:00:30 GMT")])
        guard case .tryLater(.seconds(30), _) = try await outcome(of: answer) else {
            Issue.record("not .tryLater after 30 s")
            return
        }
    }

    @Test func deliver_whenTheServerRepeatsTheToken_theReasonDoesNot() async throws {
        for status in [200, 400, 401, 403, 500] {
            let outcome = try await outcome(of: .json(status, #"{"success":false,"message":"bad \#(Self.secret)"}"#))
            #expect(!"\(outcome)".contains(Self.secret))
            #expect("\(outcome)".contains("<token>"))
        }
    }

    @Test func deliver_withoutAnAnswer_triesLater() async throws {
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.reset()
        } during: { server in
            guard case .tryLater(nil, _) = try await destination(server).deliver(readings([(0, 60)])) else {
                Issue.record("not .tryLater")
                return
            }
        }
    }

    @Test func deliver_withoutAToken_isNotAuthorised() async throws {
        let destination = try CardiogramDestination(
            name: "cardiogram", service: ServiceAddress("http://127.0.0.1:1"), userID: "a/b",
            token: .environment(variable: "STRAPLINE_TEST_NONE"), client: .patient())
        guard case .pause(let reason) = await destination.deliver(readings([(0, 60)])) else {
            Issue.record("not .pause")
            return
        }
        #expect(reason.contains("STRAPLINE_TEST_NONE"))
    }
}
