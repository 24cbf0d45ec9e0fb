import Destinations
import FoundationEssentials
import Glibc
import Recordings
import TestKit
import Testing
import WebClient

@testable import SessionUploads

/// What each destination makes of each answer.
@Suite(.timeLimit(.minutes(10))) struct SessionDestinationTests {
    enum Kind: String, Sendable {
        case uploaded, later, refused, pause
    }

    private let fixture: SessionUploadFixture

    init() throws {
        fixture = try SessionUploadFixture()
    }

    private func kind(_ outcome: SessionUploadOutcome) -> Kind {
        switch outcome {
        case .uploaded: .uploaded
        case .tryLater: .later
        case .refused: .refused
        case .pause: .pause
        }
    }

    static let answers: [(StubAnswer, Kind)] = [
        (.json(200, #"{"id":"i1"}"#), .uploaded), (.json(201, ""), .uploaded), (.json(401, "a-secret-key"), .pause),
        (.json(402, ""), .pause), (.json(403, ""), .pause), (.json(404, ""), .pause), (.json(405, ""), .pause),
        (.json(400, "bad"), .refused), (.json(409, ""), .uploaded), (.json(413, ""), .refused),
        (.json(415, ""), .refused), (.json(422, ""), .refused), (.json(422, "already exists"), .uploaded),
        (.json(408, ""), .later), (.json(429, ""), .later), (.json(500, ""), .later), (.json(503, ""), .later),
        (.json(302, ""), .later), (.json(418, ""), .later), (.portal, .later),
        (.json(200, #"{"status":"error","error":"no file"}"#), .refused),
        (.json(422, "This activity was already uploaded."), .uploaded),
        (.json(400, "It has already been imported."), .uploaded),
        (.json(422, "Your quota of uploads has already been used."), .refused),
    ]

    @Test(arguments: ["intervals.icu", "runalyze"], Self.answers)
    func answer_hasItsOutcome(service: String, row: (StubAnswer, Kind)) async throws {
        try await StubServer.run(answering: [row.0]) { server, requests in
            let outcome = try await fixture.target(service, server.url).destination.upload(.example())
            #expect(kind(outcome) == row.1, "\(row.0.status) \(row.0.body): \(outcome)")
            #expect(!"\(outcome)".contains("a-secret-key"))
            #expect(requests.all[0].header("Content-Type")?.hasPrefix("multipart/form-data; boundary=") == true)
        }
    }

    @Test(arguments: ["intervals.icu", "runalyze", "webdav"])
    func connection_thatBreaks_isTriedLater(service: String) async throws {
        for isBefore in [true, false] {
            try await StubServer.run { connection in
                if !isBefore { _ = try await connection.request() }
                try await connection.reset()
            } during: { server in
                let outcome = try await fixture.target(service, server.url).destination.upload(.example())
                #expect(kind(outcome) == .later, "\(outcome)")
            }
        }
        let outcome = try await fixture.target(service, "http://127.0.0.1:1").destination.upload(.example())
        #expect(kind(outcome) == .later)
    }

    /// As an error page for developers, and where the message is cut.
    @Test(
        arguments: [
            ("intervals.icu", "QVBJX0tFWTphLXNlY3JldC1rZXk="), ("runalyze", "a-secret-key"),
            ("webdav", "YW5uYTphLXNlY3JldC1rZXk="),
        ], [400, 401, 404, 500])
    func answer_thatRepeatsTheRequest_showsNoSecret(service: (String, String), status: Int) async throws {
        let (name, header) = service
        try Data("a-secret-key\n".utf8).write(to: URL(filePath: fixture.directory.file("password")))
        let padding = String(repeating: "word ", count: 39)
        for secret in ["a-secret-key", header] {
            for text in [secret, "you sent \(secret)", padding + secret] {
                try await StubServer.run(answering: [.json(status, text)]) { server, requests in
                    let target = try fixture.target(
                        name, server.url,
                        options: name == "webdav"
                            ? ["user": .text("anna"), "password_file": .text(fixture.directory.file("password"))] : [:])
                    let outcome = "\(await target.destination.upload(.example()))"
                    #expect("\(requests.all[0].headers)".contains(header))
                    #expect(outcome.contains("answered \(status)"))
                    #expect(!outcome.contains(secret.prefix(5)), "\(outcome)")
                }
            }
        }
    }

    @Test(arguments: ["intervals.icu", "runalyze", "webdav"])
    func service_thatIsTooSlow_isTriedLater(service: String) async throws {
        var limits = WebClientLimits()
        limits.silenceTimeout = .seconds(1)
        limits.totalTimeout = .seconds(3)
        for isTrickling in [false, true] {
            try await StubServer.run { connection in
                _ = try await connection.request()
                guard isTrickling else { return try await connection.untilClosed() }
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
                while true {
                    try await connection.send("x")
                    // the pace of the server, not of the test
                    try await Task.sleep(for: .milliseconds(10))
                }
            } during: { [limits] server in
                let target = try fixture.target(service, server.url, limits: limits)
                let outcome = await target.destination.upload(.example())
                #expect(kind(outcome) == .later, "\(outcome)")
            }
        }
    }

    @Test(arguments: ["intervals.icu", "runalyze", "webdav"])
    func answer_thatIsHuge_orLeadsElsewhere_isTriedLater(service: String) async throws {
        let huge = StubAnswer.json(200, String(repeating: "x", count: UploadClient.limits.responseBytes + 1))
        let elsewhere = StubAnswer(307, headers: [("Location", "http://127.0.0.1:1/elsewhere")])
        for answer in [huge, elsewhere] {
            try await StubServer.run(answering: [answer]) { server, requests in
                let outcome = try await fixture.target(service, server.url).destination.upload(.example())
                #expect(kind(outcome) == .later, "\(outcome)")
                #expect(requests.all.count == 1)
            }
        }
    }

    @Test(arguments: ["intervals.icu", "runalyze", "webdav"])
    func server_withACertificateOfItsOwn_getsNothing_andIsTriedLater(service: String) async throws {
        try await UnknownServer.run { port in
            let target = try fixture.target(service, "https://localhost:\(port)")
            let outcome = await target.destination.upload(.example())
            #expect(kind(outcome) == .later && "\(outcome)".contains("certificate"), "\(outcome)")
        }
    }

    @Test func key_thatCannotBeRead_pauses() async throws {
        unlink(fixture.directory.file("key"))
        for service in ["intervals.icu", "runalyze"] {
            let outcome = try await fixture.target(service, "http://127.0.0.1:1").destination.upload(.example())
            #expect(kind(outcome) == .pause)
        }
    }

    @Test func form_holdsTheFile_whateverItsBytes() throws {
        let file = Array("\r\n--strapline-file-0\r\n".utf8) + [0, 255, 13, 10]
        let form = MultipartForm(file: file, named: "x.fit")
        #expect(form.contentType == "multipart/form-data; boundary=strapline-file-1")
        #expect(form.bytes.firstRange(of: file) != nil)
        #expect(form.bytes.suffix(24) == Array("\r\n--strapline-file-1--\r\n".utf8).suffix(24))
    }

    @Test func search_thatFails_isNoAnswer() async throws {
        let answers: [(StubAnswer, Kind)] = [
            (.json(500, ""), .later), (.json(401, ""), .pause), (.json(200, "{"), .later),
            // They are about the question, not about the session.
            (.json(400, "no such field"), .later), (.json(409, ""), .later), (.json(422, "a duplicate"), .later),
        ]
        for (answer, expected) in answers {
            try await StubServer.run(answering: [answer]) { server, _ in
                let found = try await fixture.target("intervals.icu", server.url).destination.find(.example())
                guard case .failed(let outcome) = found else {
                    Issue.record("an unknown outcome must not become a second upload: \(found)")
                    return
                }
                #expect(kind(outcome) == expected)
            }
        }
    }

    @Test(
        arguments: [
            (.json(201, ""), .uploaded), (.json(204, ""), .uploaded), (.json(401, "hunter22"), .pause),
            (.json(403, ""), .pause), (.json(404, ""), .pause), (.json(409, ""), .pause), (.json(405, ""), .pause),
            (.json(413, ""), .refused), (.json(423, ""), .later), (.json(507, ""), .later), (.json(429, ""), .later),
            (.portal, .later),
        ] as [(StubAnswer, Kind)])
    func put_hasItsOutcome(row: (StubAnswer, Kind)) async throws {
        try Data("hunter22\n".utf8).write(to: URL(filePath: fixture.directory.file("password")))
        try await StubServer.run(answering: [row.0]) { server, requests in
            let target = try fixture.target(
                "webdav", server.url + "/dav/anna",
                options: ["user": .text("anna"), "password_file": .text(fixture.directory.file("password"))])
            let outcome = await target.destination.upload(.example([7, 0, 9]))
            #expect(kind(outcome) == row.1, "\(outcome)")
            #expect(!"\(outcome)".contains("hunter22"))
            let request = requests.all[0]
            #expect(request.method == "PUT" && request.target == "/dav/anna/2026-01-01T00-00-00Z.fit")
            #expect(request.bytes == [7, 0, 9] && request.header("Content-Type") == "application/vnd.ant.fit")
            #expect(request.header("Authorization") == "Basic YW5uYTpodW50ZXIyMg==")
        }
    }

    @Test func folder_getsAWholeFile_thatAnotherProgramMayCopy() async throws {
        let folder = fixture.directory.path
        let target = try fixture.target("folder", options: ["path": .text(folder)])
        for _ in 0..<2 {
            #expect(kind(await target.destination.upload(.example([0, 255]))) == .uploaded)
        }
        let path = folder + "/2026-01-01T00-00-00Z.fit"
        #expect(try Data(contentsOf: URL(filePath: path)) == Data([0, 255]))
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
        let missing = try fixture.target("folder", options: ["path": .text(folder + "/none")])
        #expect(kind(await missing.destination.upload(.example())) == .later)
    }

    @Test func wellness_putsTheValuesThatThereAre() async throws {
        try await StubServer.run(answering: [.json(200, "{}")]) { server, requests in
            let settings = SessionDestinationSettings(
                name: "intervals.icu", address: try ServiceAddress(server.url), token: fixture.key)
            let api = try IntervalsAPI(settings, fixture.context())
            let outcome = await api.putWellness(
                IntervalsWellness(rmssd: 41.5, sdnn: nil, restingHeartRate: 52), date: "2026-11-29")
            #expect(kind(outcome) == .uploaded)
            let request = requests.all[0]
            #expect(request.method == "PUT" && request.target == "/api/v1/athlete/0/wellness/2026-11-29")
            #expect(request.body.contains(#""hrv":41.5"#) && request.body.contains(#""restingHR":52"#))
            #expect(!request.body.contains("hrvSDNN"))
        }
    }
}
