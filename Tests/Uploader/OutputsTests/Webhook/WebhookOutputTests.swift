import BlueZ
import Destinations
import FoundationEssentials
import TestKit
import Testing

@testable import Outputs

@Suite(.timeLimit(.minutes(10))) struct WebhookOutputTests {
    private static let body: OptionValues.Value = .text(#"["{strap}", "{state}", {heart_rate}]"#)

    private let folder = TemporaryDirectory()
    private let fixture = OutputFixture()
    private let kind = WebhookKind()

    private func file(_ name: String, _ text: String) throws -> String {
        let path = folder.file(name)
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        return path
    }

    private func bodies(_ requests: Recorder<StubRequest>) -> [String] { requests.all.map(\.body) }

    @Test func calls_followEachHeartRate_theLossAndTheEnd() async throws {
        try await StubServer.run(answering: [StubAnswer(204)]) { server, requests in
            try await fixture.running(
                kind, ["address": .text(server.url + "/hr?x=1"), "body": Self.body], clock: ManualClock()
            ) { _ in
                await requests.until { $0.count == 1 }
                fixture.goLive(72)
                await requests.until { $0.last?.body == #"["anna", "live", 72]"# }
                fixture.measure(73)
                await requests.until { $0.last?.body == #"["anna", "live", 73]"# }
                fixture.state(.disconnected)
                await requests.until { $0.last?.body == #"["anna", "disconnected", null]"# }
            }
            #expect(bodies(requests).first == #"["anna", "disconnected", null]"#)
            #expect(bodies(requests).last == #"["anna", "stopped", null]"#)
            let first = try #require(requests.all.first)
            #expect(first.method == "POST" && first.target == "/hr?x=1")
            #expect(first.header("content-type") == "application/json")
            #expect(first.header("authorization") == nil && first.header(WebhookSecrets.signatureHeader) == nil)
        }
    }

    @Test func calls_whileTheServerIsSlow_areOneAtATime_andSkipToTheNewest() async throws {
        let gate = Watched(0)
        let requests = Recorder<String>()
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                let index = requests.append(request.body)
                await gate.until { $0 > index }
                try await connection.answer(StubAnswer(200))
            }
        } during: { server in
            try await fixture.running(kind, ["address": .text(server.url), "body": Self.body]) { _ in
                await requests.until { $0.count == 1 }
                fixture.goLive(60)
                for rate in 61...90 { fixture.measure(UInt16(rate)) }
                #expect(requests.all.count == 1)
                gate.change { $0 = 1 }
                await requests.until { $0.count == 2 }
                gate.change { $0 = .max }
            }
            #expect(requests.all[1] == #"["anna", "live", 90]"#)
        }
    }

    @Test func calls_withAnInterval_leaveOutReadings_andNeverALoss() async throws {
        let fixture = OutputFixture(["anna", "ben"])
        try await StubServer.run(answering: [StubAnswer(200)]) { server, requests in
            let options: [String: OptionValues.Value] = [
                "address": .text(server.url), "body": Self.body, "interval_seconds": .integer(5),
            ]
            try await fixture.running(kind, options) { _ in
                await requests.until { $0.count == 2 }
                fixture.goLive(60)
                await requests.until { $0.last?.body.contains("60") == true }
                for rate in 61...64 { fixture.measure(UInt16(rate)) }
                // A call about the other strap shows that the output has taken the readings.
                fixture.state(.stale, of: "ben")
                await requests.until { $0.last?.body.contains("stale") == true }
                fixture.measure(65)
                await requests.until { $0.last?.body.contains("65") == true }
                fixture.measure(66)
                fixture.state(.noContact)
                await requests.until { $0.last?.body.contains("no contact") == true }
            }
            let rates = bodies(requests).filter { $0.contains("live") }
            #expect(rates == [#"["anna", "live", 60]"#, #"["anna", "live", 65]"#])
        }
    }

    @Test func calls_withAnInterval_haveTheRRIntervalsOfTheReadingsBetween() async throws {
        let fixture = OutputFixture(["anna", "ben"])
        let body = #"["{strap}", {heart_rate}, {rr_ms}]"#
        try await StubServer.run(answering: [StubAnswer(200)]) { server, requests in
            let options: [String: OptionValues.Value] = [
                "address": .text(server.url), "body": .text(body), "interval_seconds": .integer(3),
            ]
            try await fixture.running(kind, options) { _ in
                await requests.until { $0.count == 2 }
                fixture.goLive(60)
                await requests.until { $0.count == 3 }
                fixture.measure(61, rr: [1024, 256])
                // A call about the other strap shows that the output has taken the reading.
                fixture.state(.stale, of: "ben")
                await requests.until { $0.count == 4 }
                fixture.measure(62, rr: [128])
                fixture.state(.noContact, of: "ben")
                await requests.until { $0.count == 5 }
                fixture.measure(63, rr: [512])
                await requests.until { $0.count == 6 }
                fixture.measure(64)
                fixture.state(.disconnected)
                await requests.until { $0.count == 7 }
            }
            let ofAnna = bodies(requests).filter { $0.contains("anna") }
            #expect(ofAnna.dropFirst(2).first == #"["anna", 63, [1000, 250, 125, 500]]"#)
            #expect(ofAnna.dropFirst(3).allSatisfy { $0 == #"["anna", null, []]"# })
        }
    }

    /// RFC 4231's second test case has this key; the signature of the body was made with openssl.
    @Test func calls_withASecret_areSigned_andCarryTheOtherSecrets() async throws {
        let options: [String: OptionValues.Value] = [
            "body": .text("[{heart_rate}]"), "secret_file": .text(try file("secret", "Jefe\n")),
            "token_file": .text(try file("token", "token-1234")),
            "headers_file": .text(try file("headers", "X-API-Key: key-5678")),
        ]
        try await StubServer.run(answering: [StubAnswer(200)]) { server, requests in
            try await fixture.running(kind, options.merging(["address": .text(server.url)]) { $1 }) { _ in
                await requests.until { $0.count == 1 }
            }
            let request = try #require(requests.all.first)
            #expect(request.body == "[null]")
            #expect(
                request.header("X-Hub-Signature-256")
                    == "sha256=8fdfad7dbc9f31892d53f16293915e4d5e13d4c3bf7a40804577bcecafad10d1")
            #expect(request.header("authorization") == "Bearer token-1234")
            #expect(request.header("x-api-key") == "key-5678")
        }
    }

    @Test(
        arguments: [
            (StubAnswer(500), "answered 500"), (StubAnswer(401, body: "token-1234?"), "Check the token_file"),
            (StubAnswer(404), "its API is not at this address"), (.portal, "a web page"),
            (StubAnswer(302, headers: [("Location", "/else")]), "a redirection"),
        ])
    func calls_thatAreRejected_failWithTheReason_andShowNoSecret(answer: StubAnswer, words: String) async throws {
        let token = try file("token", "token-1234")
        try await StubServer.run(answering: [answer]) { server, requests in
            let options: [String: OptionValues.Value] = ["address": .text(server.url), "token_file": .text(token)]
            try await fixture.running(kind, options, clock: ManualClock()) { feed in
                await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
                let reason = try #require(feed.status.reason)
                #expect(feed.status.state == .failing && reason.contains(words), "\(reason)")
                #expect(!reason.contains("token-1234"))
            }
            #expect(requests.all.count == 1)
        }
    }

    /// As those of Discord and n8n.
    @Test func calls_toAnAddressWithASecret_showItNowhere() async throws {
        let dead = DeafPort()
        let secret = "0f8fad5b-d9cb-469f-a165-70867728950e"
        try await StubServer.run(answering: [StubAnswer(500)]) { server, requests in
            for base in [server.url, "http://127.0.0.1:\(dead.port)"] {
                let options: [String: OptionValues.Value] = ["address": .text("\(base)/hooks/\(secret)?key=\(secret)")]
                let settings = OutputSettings(
                    name: "webhook", options: OptionValues(options), runtimeFolder: "/nowhere")
                try await fixture.running(kind, options, clock: ManualClock()) { feed in
                    try await until { feed.status.state == .failing }
                    #expect(feed.status.reason?.contains("/hooks/…") == true)
                }
                #expect(!kind.summary(of: settings).contains(secret))
            }
            #expect(!fixture.lines.all.contains { $0.contains(secret) })
            #expect(requests.all.first?.target == "/hooks/\(secret)?key=\(secret)")
        }
    }

    @Test func calls_toAServerThatAsksForAPause_waitForIt() async throws {
        let clock = ManualClock()
        let busy = StubAnswer(429, headers: [("Retry-After", "7")])
        try await StubServer.run(answering: [busy, StubAnswer(200)]) { server, requests in
            let options: [String: OptionValues.Value] = ["address": .text(server.url), "body": Self.body]
            try await fixture.running(kind, options, clock: clock) { feed in
                await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
                fixture.goLive(72)
                #expect(requests.all.count == 1)
                await clock.waitOut(.seconds(7))
                await requests.until { $0.count == 2 }
                #expect(bodies(requests).dropFirst().first == #"["anna", "live", 72]"#)
                try await until { feed.status.state == .sending }
            }
        }
    }

    @Test func calls_afterAPause_haveEachRRIntervalOnce() async throws {
        let clock = ManualClock()
        let busy = StubAnswer(429, headers: [("Retry-After", "7")])
        try await StubServer.run(answering: [StubAnswer(200), busy, StubAnswer(200)]) { server, requests in
            let options: [String: OptionValues.Value] = [
                "address": .text(server.url), "body": .text("[{heart_rate}, {rr_ms}]"),
            ]
            try await fixture.running(kind, options, clock: clock) { _ in
                await requests.until { $0.count == 1 }
                fixture.state(.live)
                fixture.measure(72, rr: [1024, 512])
                await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
                await clock.waitOut(.seconds(7))
                await requests.until { $0.count == 3 }
            }
            #expect(bodies(requests)[1...2] == ["[72, [1000, 500]]", "[72, [1000, 500]]"])
        }
    }

    /// The server takes numbers only: it rejects the call about a strap without a heart rate.
    @Test func calls_aboutAStrap_thatAreRejected_holdUpNoOther() async throws {
        let fixture = OutputFixture(["anna", "ben"])
        let requests = Recorder<String>()
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                requests.append(request.body)
                try await connection.answer(StubAnswer(request.body.contains("null") ? 400 : 204))
            }
        } during: { server in
            let options: [String: OptionValues.Value] = ["address": .text(server.url), "body": Self.body]
            fixture.goLive(72, of: "ben")
            try await fixture.running(kind, options, clock: ManualClock()) { feed in
                await requests.until { $0.last == #"["ben", "live", 72]"# }
                fixture.measure(73, of: "ben")
                await requests.until { $0.last == #"["ben", "live", 73]"# }
                try await until { feed.status.state == .failing }
                #expect(feed.status.reason?.contains("This is the call about anna.") == true)
                // A heart rate does not wait like the rejected call without one.
                fixture.goLive(60)
                await requests.until { $0.contains(#"["anna", "live", 60]"#) }
                try await until { feed.status.state == .sending }
            }
        }
    }

    @Test func rejectedCall_ofAStrapThatIsAgainAsBefore_isNotTriedForEver() async throws {
        let clock = ManualClock()
        let fixture = OutputFixture(["anna", "ben"])
        let requests = Recorder<String>()
        try await StubServer.run { connection in
            while let request = try await connection.request() {
                requests.append(request.body)
                try await connection.answer(StubAnswer(request.body.contains("72") ? 400 : 204))
            }
        } during: { server in
            let options: [String: OptionValues.Value] = ["address": .text(server.url), "body": Self.body]
            try await fixture.running(kind, options, clock: clock) { feed in
                await requests.until { $0.count == 2 }
                fixture.goLive(72)
                await requests.until { $0.last == #"["anna", "live", 72]"# }
                try await until { feed.status.state == .failing }
                fixture.state(.disconnected)
                fixture.goLive(90, of: "ben")
                await requests.until { $0.last == #"["ben", "live", 90]"# }
                try await until { feed.status.state == .sending }
                #expect(requests.all.count == 4)
            }
        }
    }

    @Test func calls_atTheEnd_sayThatThereIsNoHeartRate_alsoInAPause() async throws {
        let busy = StubAnswer(429, headers: [("Retry-After", "7")])
        let right = StubAnswer(204)
        try await StubServer.run(answering: [right, right, busy, right]) { server, requests in
            let options: [String: OptionValues.Value] = ["address": .text(server.url), "body": Self.body]
            try await fixture.running(kind, options, clock: ManualClock()) { _ in
                await requests.until { $0.count == 1 }
                fixture.goLive(72)
                await requests.until { $0.count == 2 }
                fixture.measure(73)
                await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
            }
            #expect(bodies(requests).dropFirst(2) == [#"["anna", "live", 73]"#, #"["anna", "stopped", null]"#])
        }
    }

    @Test func calls_toADeadPort_fail_andTheEndIsNotHeldUp() async throws {
        let dead = DeafPort()
        let options: [String: OptionValues.Value] = ["address": .text("http://127.0.0.1:\(dead.port)")]
        try await fixture.running(kind, options, clock: ManualClock()) { feed in
            await fixture.lines.until { $0.contains { $0.contains("the output fails") } }
            #expect(feed.status.reason?.contains("refuses the connection") == true)
        }
    }

    @Test(
        arguments: [
            ([:], nil, "Webhook needs the `address`"),
            (["address": .text("example.net")], "address", "begins with neither https:// nor http://"),
            (["address": .text("https://a"), "body": .text("{")], "body", "`body` is not JSON"),
            (
                ["address": .text("https://a"), "interval_seconds": .integer(-1)], "interval_seconds",
                "must be from 0 to 3600"
            ),
        ] as [([String: OptionValues.Value], String?, String)])
    func options_withAMistake_areRefused(values: [String: OptionValues.Value], key: String?, words: String) throws {
        let mistake = try #require(kind.firstMistake(in: OptionValues(values), showsSeveral: false))
        #expect(mistake.key == key && mistake.message.contains(words), "\(mistake)")
    }

    @Test func problems_nameTheFiles_andWarningsTheWayOfASecret() throws {
        let open = try file("open", "k-123456")
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: open)
        let settings = OutputSettings(
            name: "webhook",
            options: OptionValues([
                "address": .text("http://example.net/hr?key=k"), "token_file": .text(open),
                "secret_file": .text("/none"), "headers_file": .text(try file("headers", "Authorization: x")),
            ]), runtimeFolder: "/nowhere")
        let problems = kind.problems(with: settings)
        #expect(problems.contains { $0.hasSuffix("run chmod 600 \(open)") })
        #expect(problems.contains { $0.contains("/none") })
        #expect(problems.contains { $0.contains("has Authorization, which the token sets too") })
        #expect(kind.warnings(about: settings).count == 1)
        #expect(
            kind.summary(of: settings)
                == "calls of http://example.net/hr, with the token file \(open), with the headers file "
                + "\(folder.file("headers")), signed")
    }

    @Test func probe_asksWithoutAValueAndWithoutASecret() async throws {
        let token = try file("token", "token-1234")
        // No answer is too late.
        let context = fixture.context(clock: ManualClock())
        try await StubServer.run(answering: [StubAnswer(405)]) { server, requests in
            let settings = OutputSettings(
                name: "webhook",
                options: OptionValues(["address": .text(server.url + "/hr"), "token_file": .text(token)]),
                runtimeFolder: "/nowhere")
            #expect(await kind.probe(settings, context) == .works("\(server.url)/hr answers"))
            #expect(requests.all.map(\.method) == ["GET"] && requests.all[0].header("authorization") == nil)
        }
        let dead = DeafPort()
        let settings = OutputSettings(
            name: "webhook", options: OptionValues(["address": .text("http://127.0.0.1:\(dead.port)")]),
            runtimeFolder: "/nowhere")
        guard case .broken(let words, _) = await kind.probe(settings, context) else {
            Issue.record("a dead port answers")
            return
        }
        #expect(words.contains("refuses the connection"))
    }
}
