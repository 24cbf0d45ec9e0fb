import Delivery
import DestinationHarness
import FoundationEssentials
import HeartRate
import HubAPI
import Outbox
import Pulsoid
import PulsoidAPI
import TestKit
import Testing
import Tokens
import WebClient

/// Contact and RR intervals go to a hub that offers to take them, and to no other server.
@Suite(.timeLimit(.minutes(10))) struct DetailOfferTests {
    private static let offering = StubAnswer(200, headers: [("strapline-extensions", "readings")])
    private let folder = TemporaryDirectory()

    private func reading(_ second: Int64) -> Reading {
        Reading(
            strap: "chest",
            measurement: HeartRateMeasurement(beatsPerMinute: 75, contact: .detected, rrIntervals: [821, 809]),
            measuredAtMilliseconds: 1_709_312_400_000 + second * 1000, bootMilliseconds: 1)
    }

    /// Delivers readings one after the other, and returns the outcomes and the requests.
    private func deliver(
        _ count: Int64, answers: [StubAnswer], sendsDetails: Bool = true
    ) async throws -> (outcomes: [DeliveryOutcome], requests: [StubRequest]) {
        try Data("8c4da3ce-7ed7-4a19-a1f1-058498661e45".utf8).write(to: URL(filePath: folder.file("token")))
        return try await StubServer.run(answering: answers) { server, requests in
            let destination = try PulsoidDestination(
                name: "hub", service: ServiceAddress(server.url),
                tokens: TokenProvider(source: .file(path: folder.file("token"))), client: .patient(),
                sendsDetails: sendsDetails, time: ManualTime())
            var outcomes: [DeliveryOutcome] = []
            for second in 0..<count { outcomes.append(await destination.deliver([reading(second)])) }
            return (outcomes, requests.all)
        }
    }

    @Test func hubThatOffersIt_getsTheDetails_ofTheFirstReadingToo() async throws {
        let (outcomes, requests) = try await deliver(3, answers: [Self.offering])
        #expect(outcomes == [.accepted, .accepted, .accepted])
        #expect(requests.map(\.target) == [PulsoidPath.data] + Array(repeating: DetailedReadings.path, count: 3))
        let sent = try requests.dropFirst().map {
            try JSONDecoder().decode(DetailedReadings.self, from: Data($0.body.utf8)).readings
        }
        #expect(sent.map { $0.map(\.measuredAtMilliseconds) } == (0..<3).map { [1_709_312_400_000 + $0 * 1000] })
        #expect(sent.allSatisfy { $0.first?.measurement.rrIntervals == [821, 809] })
        #expect(requests.allSatisfy { $0.header("Authorization") == "Bearer 8c4da3ce-7ed7-4a19-a1f1-058498661e45" })
    }

    @Test(arguments: [StubAnswer(200), StubAnswer(200, headers: [("Strapline-Extensions", "other")])])
    func serverThatDoesNotOfferIt_getsHeartRatesOnly(answer: StubAnswer) async throws {
        let (outcomes, requests) = try await deliver(3, answers: [answer])
        #expect(outcomes == [.accepted, .accepted, .accepted])
        #expect(requests.map(\.target) == Array(repeating: PulsoidPath.data, count: 3))
        #expect(requests.allSatisfy { !$0.body.contains("rr") })
    }

    @Test func userWhoKeepsTheDetails_sendsHeartRatesOnly() async throws {
        let (_, requests) = try await deliver(2, answers: [Self.offering], sendsDetails: false)
        #expect(requests.map(\.target) == [PulsoidPath.data, PulsoidPath.data])
    }

    @Test(arguments: [404, 405, 410])
    func offerWithoutTheCall_endsWithHeartRates(status: Int) async throws {
        let answers = [Self.offering, StubAnswer(status), Self.offering]
        let (outcomes, requests) = try await deliver(2, answers: answers)
        #expect(outcomes == [.accepted, .accepted])
        let data = PulsoidPath.data
        #expect(requests.map(\.target) == [data, DetailedReadings.path, data, data])
    }

    @Test func hubThatFails_getsTheDetailsLater() async throws {
        let answers = [Self.offering, StubAnswer(503), Self.offering]
        let (outcomes, requests) = try await deliver(2, answers: answers)
        guard case .tryLater = outcomes[0] else {
            Issue.record("not .tryLater")
            return
        }
        #expect(outcomes[1] == .accepted)
        #expect(requests.map(\.target).last == DetailedReadings.path)
    }

    @Test func refusedToken_isRefusedThereToo() async throws {
        let answers = [Self.offering, Self.offering, .json(401, #"{"error_code":7005,"error_message":"no"}"#)]
        let (outcomes, _) = try await deliver(2, answers: answers)
        guard outcomes[0] == .accepted, case .pause = outcomes[1] else {
            Issue.record("\(outcomes)")
            return
        }
    }
}
