import Delivery
import DestinationHarness
import FoundationEssentials
import HeartRate
import Logging
import Outbox
import TestKit
import Testing
import Tokens
import WebClient

@testable import Destinations

@Suite(.timeLimit(.minutes(10)))
struct HTTPDestinationTests {
    private static let body = "[{heart_rate}]"

    private let folder = TemporaryDirectory()
    private let kind: any DestinationKind = HTTPKind()
    private let context = DestinationContext(client: .patient(), logger: Logger(label: "test"))

    private func readings(_ rates: [UInt16]) -> [Reading] {
        rates.enumerated().map { index, rate in
            Reading(
                strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: rate),
                measuredAtMilliseconds: Int64(index), bootMilliseconds: Int64(index))
        }
    }

    private func file(_ text: String) throws -> String {
        let path = folder.file("headers")
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return path
    }

    private func settings(
        at url: String, _ options: [String: OptionValues.Value] = [:], token: TokenSource? = nil
    ) throws -> DestinationSettings {
        let values = OptionValues(options)
        #expect(kind.firstMistake(in: values) == nil)
        return DestinationSettings(
            name: "http", address: try kind.address(url), token: token, device: "C4:11:22:33:44:55", options: values)
    }

    private func destination(_ settings: DestinationSettings) throws -> any Destination {
        var factory = try kind.factory(service: OptionValues(), context)
        return try factory.destination(settings)
    }

    @Test(
        arguments: [
            (["body": .text("{")], "body", "`body` is not JSON with its placeholders filled in"),
            (["body": .text("[{rate}]")], "body", "`body` has the unknown placeholder {rate}; there are {heart_rate},"),
            (["body": .text("[]")], "body", "`body` lacks {heart_rate}"),
            (["batch_readings": .integer(5001)], "batch_readings", "`batch_readings` must be from 1 to 5000"),
            (["batch_seconds": .integer(5)], "batch_seconds", "`batch_seconds` is of no use without `batch_readings`"),
            (["requests_per_second": .number(-1)], "requests_per_second", "must be from 0.001 to 1000000"),
            (["user_id": .text("7")], "user_id", "`user_id` is not an option of HTTP"),
        ] as [([String: OptionValues.Value], String, String)])
    func options_withAMistake_areRefused(values: [String: OptionValues.Value], key: String, words: String) throws {
        let mistake = try #require(kind.firstMistake(in: OptionValues(values)))
        #expect(mistake.key == key && mistake.message.contains(words), "\(mistake)")
    }

    @Test func deliver_postsEachReading_toTheAddressAsItStands() async throws {
        try await StubServer.run(answering: [StubAnswer(200), StubAnswer(204)]) { server, requests in
            let destination = try destination(
                settings(at: server.url + "/heart/?key=k", ["body": .text("[{heart_rate}, {device}]")]))
            #expect(
                destination.limits
                    == DestinationLimits(readingsPerRequest: 1, requestsInFlight: 1, requestsPerSecond: nil))
            #expect(await destination.deliver(readings([61])) == .accepted)
            #expect(await destination.deliver(readings([62])) == .accepted)
            #expect(
                requests.all.map(\.body) == [61, 62].map { "[\($0), \"C4:11:22:33:44:55\"]" })
            #expect(requests.all.map(\.target) == ["/heart/?key=k", "/heart/?key=k"])
            #expect(requests.all.map(\.method) == ["POST", "POST"])
            #expect(requests.all[0].header("content-type") == "application/json")
            #expect(requests.all[0].header("authorization") == nil)
        }
    }

    @Test func deliver_ofABatch_postsAList() async throws {
        try await StubServer.run(answering: [StubAnswer(200), StubAnswer(200)]) { server, requests in
            let destination = try destination(
                settings(
                    at: server.url,
                    ["body": .text(Self.body), "batch_readings": .integer(5000), "batch_seconds": .integer(10)]))
            #expect(destination.limits.readingsPerRequest == 5000 && destination.limits.linger == .seconds(10))
            #expect(await destination.deliver(readings([61, 62])) == .accepted)
            #expect(await destination.deliver(readings([UInt16](repeating: 70, count: 5000))) == .accepted)
            #expect(requests.all[0].body == "[[61], [62]]")
            #expect(requests.all[1].body.utf8.count == 5000 * 6)
        }
    }

    @Test func deliver_sendsTheTokenAndTheHeaders_andNeverShowsThem() async throws {
        let path = try file("X-API-Key: open sesame\n")
        let token = try #require(AccessToken("token-of-anna"))
        try await StubServer.run(answering: [StubAnswer(403, body: "open sesame and token-of-anna")]) {
            server, requests in
            let destination = try destination(
                settings(at: server.url, ["headers_file": .text(path)], token: .given(token)))
            guard case .pause(let reason) = await destination.deliver(readings([61])) else {
                Issue.record("was taken")
                return
            }
            #expect(requests.all[0].header("authorization") == "Bearer token-of-anna")
            #expect(requests.all[0].header("x-api-key") == "open sesame")
            #expect(!reason.contains("sesame") && !reason.contains("of-anna"), "\(reason)")
            #expect(reason.contains("Check the token in the next login and the headers file \(path)."))
        }
    }

    @Test func deliver_ifTheHeadersCannotBeRead_pausesWithoutARequest_untilTheyCan() async throws {
        try await StubServer.run(answering: [StubAnswer(200)]) { server, requests in
            let path = folder.file("headers")
            let destination = try destination(settings(at: server.url, ["headers_file": .text(path)]))
            guard case .pause(let reason) = await destination.deliver(readings([61])) else {
                Issue.record("was taken")
                return
            }
            #expect(reason.contains("The headers file \(path) cannot be read"))
            #expect(requests.all.isEmpty)
            _ = try file("X-Key: k")
            #expect(await destination.deliver(readings([61])) == .accepted)
            #expect(requests.all.map { $0.header("x-key") } == ["k"])
        }
    }

    @Test func deliver_ifTheServerAsksToWait_waitsAsLong() async throws {
        try await StubServer.run(answering: [StubAnswer(429, headers: [("Retry-After", "7")])]) { server, _ in
            guard case .tryLater(let wait, _) = try await destination(settings(at: server.url)).deliver(readings([61]))
            else {
                Issue.record("was taken")
                return
            }
            #expect(wait == .seconds(7))
        }
    }

    @Test func fileProblems_nameTheFileAndTheFix() throws {
        let missing = try settings(at: "http://a", ["headers_file": .text(folder.file("none"))])
        #expect(kind.fileProblems(missing).first?.contains("cannot be read") == true)
        let path = try file("Authorization: Basic x")
        let twice = try settings(at: "http://a", ["headers_file": .text(path)], token: .environment(variable: "T"))
        #expect(kind.fileProblems(twice).first?.contains("Remove one of them") == true)
        #expect(try kind.fileProblems(settings(at: "http://a", ["headers_file": .text(path)])).isEmpty)
    }

    @Test func addressesOfSecrets_withoutASecret_areNone() throws {
        #expect(try kind.addressesOfSecrets(settings(at: "http://a")).isEmpty)
        let options = ["headers_file": OptionValues.Value.text("f")]
        #expect(try kind.addressesOfSecrets(settings(at: "http://a", options)).map(\.description) == ["http://a"])
    }

    @Test func summary_saysHowReadingsAreSent() throws {
        #expect(try kind.summary(of: settings(at: "http://a")) == "each reading as JSON")
        let options: [String: OptionValues.Value] = [
            "batch_readings": .integer(50), "batch_seconds": .integer(5), "requests_per_second": .number(2),
            "headers_file": .text("/k"),
        ]
        #expect(
            try kind.summary(of: settings(at: "http://a", options))
                == "lists of up to 50 readings as JSON, or after 5 s, at most 2.0 requests a second, with the headers "
                + "file /k")
    }

    @Test func probe_asksWithoutAReading() async throws {
        try await StubServer.run(answering: [StubAnswer(405)]) { server, requests in
            let answer = try await kind.probe(settings(at: server.url + "/x?y"), isTokenReadable: true, context)
            #expect(answer == .reachable)
            #expect(requests.all.map(\.method) == ["GET"] && requests.all.map(\.target) == ["/x?y"])
        }
    }
}
