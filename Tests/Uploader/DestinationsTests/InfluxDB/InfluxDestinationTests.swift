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
struct InfluxDestinationTests {
    private static let database: [String: OptionValues.Value] = ["database": .text("health")]
    private static let bucket: [String: OptionValues.Value] = ["org": .text("home & co"), "bucket": .text("hr/1")]

    private let kind: any DestinationKind = InfluxKind()
    private let context = DestinationContext(client: .patient(), logger: Logger(label: "test"))

    private func readings(_ count: Int) -> [Reading] {
        (0..<count).map { index in
            Reading(
                strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: 61),
                measuredAtMilliseconds: Int64(index), bootMilliseconds: Int64(index))
        }
    }

    private func settings(
        at url: String, _ options: [String: OptionValues.Value] = database, token: String? = nil
    ) throws -> DestinationSettings {
        let values = OptionValues(options)
        #expect(kind.firstMistake(in: values) == nil)
        return DestinationSettings(
            name: "influxdb", address: try kind.address(url),
            token: try token.map { .given(try #require(AccessToken($0) as AccessToken?)) }, device: "C4:11",
            options: values)
    }

    private func destination(_ settings: DestinationSettings) throws -> any Destination {
        var factory = try kind.factory(service: OptionValues(), context)
        return try factory.destination(settings)
    }

    @Test(
        arguments: [
            ([:], nil, "needs a `database` (InfluxDB 1, VictoriaMetrics), or an `org` and a `bucket`"),
            (["database": .text("")], "database", "`database` is empty"),
            (["database": .text("d"), "bucket": .text("b")], "bucket", "not both"),
            (["database": .text("d"), "org": .text("o")], "org", "not both"),
            (["bucket": .text("b")], "bucket", "`bucket` needs an `org`"),
            (["org": .text("o")], "org", "`org` needs a `bucket`"),
            (["org": .text("o"), "bucket": .text("")], "bucket", "`bucket` is empty"),
            (["database": .text("d"), "measurement": .text("_x")], "measurement", "begins with neither # nor _"),
            (["database": .text("d"), "measurement": .text("")], "measurement", "begins with neither # nor _"),
            (["database": .text("d"), "measurement": .text("a\n")], "measurement", "begins with neither # nor _"),
            (["database": .text("d"), "batch_readings": .integer(5001)], "batch_readings", "from 1 to 5000"),
            (["database": .text("d"), "body": .text("x")], "body", "`body` is not an option of InfluxDB"),
        ] as [([String: OptionValues.Value], String?, String)])
    func options_withAMistake_areRefused(values: [String: OptionValues.Value], key: String?, words: String) throws {
        let mistake = try #require(kind.firstMistake(in: OptionValues(values)))
        #expect(mistake.key == key && mistake.message.contains(words), "\(mistake)")
    }

    @Test func deliver_toADatabase_postsLines() async throws {
        try await StubServer.run(answering: [StubAnswer(204)]) { server, requests in
            let destination = try destination(settings(at: server.url + "/insert/0"))
            #expect(
                destination.limits
                    == DestinationLimits(readingsPerRequest: 5000, requestsInFlight: 1, requestsPerSecond: nil))
            #expect(await destination.deliver(readings(1)) == .accepted)
            #expect(requests.all[0].method == "POST")
            #expect(requests.all[0].target == "/insert/0/write?db=health&precision=ms")
            #expect(requests.all[0].body == "heart_rate,strap=chest,device=C4:11 bpm=61i 0")
            #expect(requests.all[0].header("content-type") == "text/plain; charset=utf-8")
            #expect(requests.all[0].header("content-encoding") == nil)
            #expect(requests.all[0].header("authorization") == nil)
        }
    }

    @Test func deliver_toABucket_namesItAndItsOrganization() async throws {
        try await StubServer.run(answering: [StubAnswer(204)]) { server, requests in
            let destination = try destination(settings(at: server.url, Self.bucket, token: "abc:def=="))
            #expect(await destination.deliver(readings(1)) == .accepted)
            #expect(requests.all[0].target == "/api/v2/write?org=home%20%26%20co&bucket=hr%2F1&precision=ms")
            #expect(requests.all[0].header("authorization") == "Token abc:def==")
        }
    }

    @Test func deliver_ofABatch_isCompressed() async throws {
        try await StubServer.run(answering: [StubAnswer(204)]) { server, requests in
            let readings = readings(5000)
            #expect(try await destination(settings(at: server.url)).deliver(readings) == .accepted)
            #expect(requests.all[0].header("content-encoding") == "gzip")
            let body = try Gunzip.bytes(of: requests.all[0].bytes)
            #expect(body == LineProtocol(measurement: "heart_rate", device: "C4:11").body(of: readings))
        }
    }

    @Test(
        arguments: [
            ("anna:pa:ss", "Basic YW5uYTpwYTpzcw=="), ("just-a-token", "Token just-a-token"),
        ])
    func deliver_toADatabase_sendsAUserOrAToken(token: String, header: String) async throws {
        let answer = StubAnswer(403, body: #"{"error":"no \#(token), no \#(header)"}"#)
        try await StubServer.run(answering: [answer]) { server, requests in
            let destination = try destination(settings(at: server.url, token: token))
            guard case .pause(let reason) = await destination.deliver(readings(1)) else {
                Issue.record("was taken")
                return
            }
            #expect(requests.all[0].header("authorization") == header)
            #expect(!reason.contains(token) && reason.contains("user:password"), "\(reason)")
            #expect(!reason.contains(header.suffix(12)), "\(reason)")
        }
    }

    @Test func deliver_ifTheTokenCannotBeRead_pausesWithoutARequest() async throws {
        try await StubServer.run(answering: [StubAnswer(204)]) { server, requests in
            var settings = try settings(at: server.url)
            settings.token = .file(path: "/nonexistent/token")
            guard case .pause(let reason) = try await destination(settings).deliver(readings(1)) else {
                Issue.record("was taken")
                return
            }
            #expect(reason.contains("The token file /nonexistent/token cannot be read"))
            #expect(requests.all.isEmpty)
        }
    }

    @Test(arguments: [429, 503]) func deliver_ifTheServerAsksToWait_waitsAsLong(status: Int) async throws {
        try await StubServer.run(answering: [StubAnswer(status, headers: [("Retry-After", "7")])]) { server, _ in
            guard case .tryLater(let wait, _) = try await destination(settings(at: server.url)).deliver(readings(1))
            else {
                Issue.record("was taken")
                return
            }
            #expect(wait == .seconds(7))
        }
    }

    @Test func summary_saysWhereReadingsGo() throws {
        #expect(
            try kind.summary(of: settings(at: "http://a"))
                == "points in the database health, up to 5000 in a request")
        var options = Self.bucket
        options["measurement"] = .text("pulse")
        options["batch_readings"] = .integer(50)
        options["batch_seconds"] = .integer(10)
        #expect(
            try kind.summary(of: settings(at: "http://a", options))
                == "points named pulse in the bucket hr/1 of home & co, up to 50 in a request or after 10 s")
    }

    @Test func encryptionWarning_namesTheServersOwnFix() throws {
        let address = try ServiceAddress("http://192.168.1.10:8086")
        let warning = try #require(kind.encryptionWarning(of: address, hasToken: false))
        #expect(warning.contains("not encrypted: the heart rate can be read") && !warning.contains("strapline-hub"))
        #expect(kind.encryptionWarning(of: try ServiceAddress("http://127.0.0.1:8086"), hasToken: true) == nil)
        #expect(kind.encryptionWarning(of: try ServiceAddress("https://a.example"), hasToken: true) == nil)
    }

    // MARK: Probe

    @Test(
        arguments: [
            (StubAnswer(204), ProbeAnswer.validated(expiresInSeconds: .max, scopes: [], missingScope: nil)),
            (
                .json(400, #"{"code":"invalid","message":"writing requires points"}"#),
                .validated(expiresInSeconds: .max, scopes: [], missingScope: nil)
            ),
        ])
    func probe_whenAllIsRight_sendsNoReading(answer: StubAnswer, result: ProbeAnswer) async throws {
        try await StubServer.run(answering: [answer]) { server, requests in
            let settings = try settings(at: server.url, Self.bucket, token: "t0ken")
            #expect(try await kind.probe(settings, isTokenReadable: true, context) == result)
            #expect(requests.all.map(\.method) == ["POST"] && requests.all.map(\.body) == [""])
            #expect(requests.all[0].target.hasPrefix("/api/v2/write?"))
        }
    }

    @Test func probe_whenSomethingIsWrong_saysWhat() async throws {
        let unknown = StubAnswer.json(404, #"{"error":"database not found: \"health\""}"#)
        let locked = StubAnswer.json(401, #"{"error":"authorization failed"}"#)
        try await StubServer.run(answering: [unknown, locked, locked, StubAnswer(503)]) { server, _ in
            let open = try settings(at: server.url)
            let closed = try settings(at: server.url, token: "anna:x")
            var answers: [ProbeAnswer] = []
            for settings in [open, open, closed, open] {
                answers.append(try await kind.probe(settings, isTokenReadable: true, context))
            }
            guard case .refused(.wrongSetting, let first) = answers[0],
                case .refused(.wrongSetting, let second) = answers[1],
                case .refused(.notAuthorised, let third) = answers[2], case .unreachable(let fourth) = answers[3]
            else {
                Issue.record("\(answers)")
                return
            }
            #expect(first.contains("CREATE DATABASE \"health\""))
            #expect(second.contains("Give this destination a token_file with user:password"))
            #expect(third.contains("Check the next login") && fourth.contains("answered 503"))
        }
    }

    @Test func probe_withoutAReadableToken_asksForASignOfLifeAlone() async throws {
        try await StubServer.run(answering: [StubAnswer(204)]) { server, requests in
            let settings = try settings(at: server.url, token: "t")
            #expect(try await kind.probe(settings, isTokenReadable: false, context) == .reachable)
            #expect(requests.all.map(\.target) == ["/ping"])
            #expect(requests.all[0].header("authorization") == nil)
        }
    }
}
