import FoundationEssentials
import Outbox
import TestKit
import Testing
import Tokens
import WebClient

@testable import Verification

/// What a hub is asked, and how its answers are read.
@Suite(.timeLimit(.minutes(10))) struct HubHistoryTests {
    private static let lane = Lane(strap: "anna", destination: "pulsoid")
    private let folder = TemporaryDirectory()

    private func reading(_ milliseconds: Int64, _ rate: Int) -> AcknowledgedReading {
        AcknowledgedReading(
            id: milliseconds, lane: Self.lane, measuredAtMilliseconds: milliseconds, beatsPerMinute: rate)
    }

    private func history(_ server: StubServer) throws -> HubHistory {
        let path = folder.file("token")
        try Data("secret".utf8).write(to: URL(filePath: path))
        return HubHistory(service: try ServiceAddress(server.url), token: .file(path: path), client: WebClient())
    }

    private func answer(from: Int64 = 0, _ points: (at: Int64, rates: [Int])...) -> StubAnswer {
        let texts = points.map { point in
            let average = Double(point.rates.reduce(0, +)) / Double(point.rates.count)
            return #"{"at":\#(point.at),"minimum_bpm":\#(point.rates.min() ?? 0),"average_bpm":\#(average),"#
                + #""maximum_bpm":\#(point.rates.max() ?? 0),"count":\#(point.rates.count)}"#
        }
        let head = #"{"profile_id":"A","from":\#(from),"to":\#(from + 1),"resolution":1,"#
        return .json(200, head + #""points":[\#(texts.joined(separator: ","))]}"#)
    }

    @Test func second_thatHasWhatItShouldHave_isBelieved_andAskedForOnce() async throws {
        try await StubServer.run(answering: [answer((7_000, [70, 74]), (8_000, [71]))]) { server, requests in
            let readings = [reading(7_100, 70), reading(7_900, 74), reading(8_000, 71), reading(9_000, 72)]
            let known = try await history(server).holds(readings, profileID: "a b")
            #expect(known == [readings[0]: true, readings[1]: true, readings[2]: true, readings[3]: false])
            #expect(
                requests.all.map(\.target) == [
                    "/api/hub/v1/readings?from=7000&to=407000&resolution=1&profile_id=a%20b"
                ])
            #expect(requests.all.first?.header("Authorization") == "Bearer secret")
        }
    }

    @Test func second_thatHasSomethingElse_isAskedForReadingByReading() async throws {
        let answers = [answer((7_000, [70, 71])), answer((7_000, [70])), answer(), answer((7_000, [99]))]
        try await StubServer.run(answering: answers) { server, requests in
            let readings = [reading(7_100, 70), reading(7_200, 71), reading(7_300, 72)]
            let known = try await history(server).holds(readings, profileID: nil)
            #expect(known == [readings[0]: true, readings[1]: false, readings[2]: false])
            #expect(requests.all.count == 4)
            #expect(requests.all[1].target == "/api/hub/v1/readings?from=7100&to=7101&resolution=1")
        }
    }

    @Test func readings_thatTheTokenMayNotSee_areNotJudged() async throws {
        try await StubServer.run(answering: [answer(from: 8_000, (8_000, [71]))]) { server, _ in
            let readings = [reading(7_000, 70), reading(8_500, 71)]
            let known = try await history(server).holds(readings, profileID: nil)
            #expect(known == [readings[1]: true])
        }
    }

    @Test func readings_overALongTime_areAskedForInPieces() async throws {
        try await StubServer.run(answering: [answer()]) { server, requests in
            let known = try await history(server).holds([reading(0, 60), reading(1_000_000, 60)], profileID: nil)
            #expect(known.count == 2)
            #expect(requests.all.count == 2)
        }
    }

    @Test(arguments: [
        (StubAnswer(404), false), (StubAnswer(401), false), (.portal, false), (StubAnswer(503), true),
        (.json(200, #"{"profile_id":"A","from":0,"to":1,"resolution":1,"points":[]}"#), true),
        (.json(200, #"{"points":[]}"#), false),
    ])
    func hub_mayBeThere_unlessItIsNone(answer: StubAnswer, mayBeThere: Bool) async throws {
        try await StubServer.run(answering: [answer]) { server, _ in
            let history = try history(server)
            let isFollowed = await history.mayBeThere()
            #expect(isFollowed == mayBeThere)
        }
    }

    @Test func failure_ofTheHub_isTold() async throws {
        try await StubServer.run(answering: [StubAnswer(500)]) { server, _ in
            let history = try history(server)
            _ = await #expect(throws: HubHistory.Failure.unavailable) {
                try await history.holds([reading(1, 60)], profileID: nil)
            }
        }
    }
}
