import DestinationHarness
import FoundationEssentials
import Logging
import Pulsoid
import PulsoidAPI
import TestKit
import Testing
import Tokens
import WebClient

@Suite(.timeLimit(.minutes(10))) struct PulsoidClientTests {
    private static let secret = "8c4da3ce-7ed7-4a19-a1f1-058498661e45"
    private let folder = TemporaryDirectory()
    private let clock = ManualClock()

    private func client(_ server: StubServer, prefix: String = "") throws -> PulsoidClient {
        let path = folder.file("pulsoid.token")
        try Data(Self.secret.utf8).write(to: URL(filePath: path))
        return try PulsoidClient(
            service: ServiceAddress(server.url + prefix), token: .file(path: path), client: .patient(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), clock: clock)
    }

    /// What the client throws for this answer to a request for the latest reading.
    private func failure(of answer: StubAnswer) async throws -> PulsoidError {
        try await StubServer.run(answering: [answer]) { server, _ in
            let client = try client(server)
            return try await #require(throws: PulsoidError.self) { try await client.latest() }
        }
    }

    @Test func latest_asksAsPublished_andReadsThePublishedAnswer() async throws {
        let published = "{\n  \"measured_at\": 1625310655000,\n  \"data\": {\n    \"heart_rate\": 40\n  }\n}"
        try await StubServer.run(answering: [.json(200, published)]) { server, requests in
            let latest = try await client(server).latest()
            #expect(latest == HeartRateMessage(measuredAtMilliseconds: 1_625_310_655_000, heartRate: 40))
            let request = try #require(requests.all.first)
            #expect(request.method == "GET")
            #expect(request.target == "/api/v1/data/heart_rate/latest")
            #expect(request.header("Authorization") == "Bearer \(Self.secret)")
        }
    }

    @Test func latest_whenThereIsNone_isNil() async throws {
        try await StubServer.run(answering: [.json(412, #"{"error_message":"no data"}"#)]) { server, _ in
            let latest = try await client(server).latest()
            #expect(latest == nil)
        }
    }

    @Test(arguments: [
        (401, PulsoidError.Code.notAuthorised), (403, .notAuthorised), (402, .paymentRequired), (500, .unavailable),
        (429, .unavailable), (404, .unexpectedAnswer), (302, .unexpectedAnswer), (200, .unexpectedAnswer),
    ])
    func latest_whenItCannotBeRead_saysWhy(status: Int, code: PulsoidError.Code) async throws {
        let error = try await failure(of: .json(status, #"{"error_message":"bad \#(Self.secret)"}"#))
        #expect(error.code == code)
        #expect(error.description.contains("answered \(status)"))
        #expect(!"\(error)".contains(Self.secret))
        if code == .notAuthorised { #expect(error.description.contains("data:heart_rate:read")) }
    }

    @Test func latest_fromAPortal_isNoReading() async throws {
        #expect(try await failure(of: .portal).code == .unexpectedAnswer)
    }

    @Test func latest_withoutAnAnswer_isUnavailable() async throws {
        let error = try await #require(throws: PulsoidError.self) {
            try await client(StubServer(port: 1)).latest()
        }
        #expect(error.code == .unavailable)
    }

    @Test func validateToken_readsThePublishedAnswer() async throws {
        let body = #"{"client_id":"c","expires_in":10,"profile_id":null,"scopes":["data:room:read"]}"#
        try await StubServer.run(answering: [.json(200, body)]) { server, requests in
            let validation = try await client(server, prefix: "/hub").validateToken()
            #expect(validation.grants(.roomRead))
            #expect(requests.all.first?.target == "/hub/api/v1/token/validate")
        }
    }

    @Test func realTime_givesReadings_andSkipsWhatItDoesNotUnderstand() async throws {
        let targets = Recorder<String>()
        try await StubServer.run { connection in
            guard let request = try await connection.request() else { return }
            targets.append(request.target)
            try await connection.upgradeToWebSocket(request)
            try await connection.send(.text(#"{"measured_at": 1625310655000, "data": {"heart_rate": 40}}"#))
            try await connection.send(.text("not JSON"))
            try await connection.send(.text("{}"))
            try await connection.send(.text(#"{"measured_at":2,"data":{"heart_rate":41}}"#))
            try await connection.untilClosed()
        } during: { server in
            let readings = try await client(server).withRealTime { events in
                var readings: [HeartRateMessage] = []
                for try await case .message(let reading) in events {
                    readings.append(reading)
                    if readings.count == 2 { break }
                }
                return readings
            }
            #expect(readings.map(\.heartRate) == [40, 41])
            #expect(targets.all == ["/api/v1/data/real_time"])
        }
    }

    @Test func room_asksForKinds_andGivesMessages() async throws {
        let targets = Recorder<String>()
        try await StubServer.run { connection in
            guard let request = try await connection.request() else { return }
            targets.append(request.target)
            try await connection.upgradeToWebSocket(request)
            let time = #""timestamp":"2024-03-01T17:00:00.000Z""#
            try await connection.send(
                .text(#"{"kind":"room_updated",\#(time),"room_updated":{"room_id":"r","config":{"a":1}}}"#))
            try await connection.send(.text(#"{"kind":"weather",\#(time),"weather":{}}"#))
            try await connection.send(
                .text(#"{"kind":"heart_rate",\#(time),"heart_rate":{"profile_id":"p","bpm":75}}"#))
            try await connection.untilClosed()
        } during: { server in
            let payloads = try await client(server).withRoom("a b", kinds: [.heartRate, .roomUpdated]) { events in
                var payloads: [RoomMessage.Payload] = []
                for try await case .message(let message) in events {
                    payloads.append(message.payload)
                    if payloads.count == 2 { break }
                }
                return payloads
            }
            #expect(
                payloads == [
                    .roomUpdated(.init(roomID: "r", config: .object(["a": .integer(1)]))),
                    .heartRate(.init(profileID: "p", bpm: 75)),
                ])
            #expect(targets.all == ["/api/v2/data/rooms/a%20b/real_time?kinds=heart_rate,room_updated"])
        }
    }

    @Test func realTime_whenTheScopeIsMissing_saysWhichAtOnce() async throws {
        let validation = #"{"client_id":"c","expires_in":10,"profile_id":null,"scopes":["data:heart_rate:write"]}"#
        let answers = [StubAnswer.json(401, #"{"error_code":"7005","error_message":"no"}"#), .json(200, validation)]
        try await StubServer.run(answering: answers) { server, requests in
            let client = try client(server)
            let error = await #expect(throws: PulsoidError.self) {
                try await client.withRealTime { for try await _ in $0 {} }
            }
            #expect(error?.code == .notAuthorised)
            #expect(
                error?.description.contains(
                    "lacks the scope data:heart_rate:read; it has: data:heart_rate:write.") == true)
            #expect(requests.all.map(\.target) == ["/api/v1/data/real_time", "/api/v1/token/validate"])
        }
    }

    @Test func room_whenTheUserIsNoMember_saysSo() async throws {
        let answers = [StubAnswer.json(403, #"{"error_message":"forbidden"}"#), StubAnswer(500)]
        try await StubServer.run(answering: answers) { server, _ in
            let client = try client(server)
            let error = await #expect(throws: PulsoidError.self) {
                try await client.withRoom("r1") { for try await _ in $0 {} }
            }
            #expect(error?.description.contains("is not a member of the room r1") == true)
        }
    }

    @Test func realTime_tellsOfDisconnection_andComesBackWithTheNewToken() async throws {
        let tokens = Recorder<String?>()
        try await StubServer.run { connection in
            guard let request = try await connection.request() else { return }
            if tokens.append(request.header("Authorization")) == 0 {
                try await connection.answer(StubAnswer(503))
            } else {
                try await connection.upgradeToWebSocket(request)
                try await connection.untilClosed()
            }
        } during: { server in
            try await client(server).withRealTime { events in
                for try await event in events {
                    if case .connected = event { break }
                    guard case .disconnected(let reason, let wait) = event else { continue }
                    #expect(reason.contains("503"))
                    try Data("new".utf8).write(to: URL(filePath: folder.file("pulsoid.token")))
                    await clock.waitOut(wait)
                }
            }
            #expect(tokens.all == ["Bearer \(Self.secret)", "Bearer new"])
        }
    }
}
