import FoundationEssentials
import TestKit
import Testing
import Timing
import WebSocketClient

@Suite(.timeLimit(.minutes(10))) struct WebSocketStreamTests {
    private let clock = ManualClock()

    private func stream(_ server: StubServer, limits: WebSocketLimits = .patient) -> WebSocketStream {
        WebSocketStream(limits: limits, clock: clock) {
            WebSocketRequest(
                host: "127.0.0.1", port: server.port, isSecure: false, target: "/api/v1/data/real_time?x=1",
                headers: [("Authorization", "Bearer abc")])
        }
    }

    /// Takes the upgrade and leaves the connection to the script.
    private func upgrade(_ connection: StubConnection) async throws {
        guard let request = try await connection.request() else { return }
        try await connection.upgradeToWebSocket(request)
    }

    /// The stream's first messages, up to this many.
    private func messages(_ count: Int, of events: WebSocketStream.Events) async throws -> [String] {
        var messages: [String] = []
        for try await case .message(let text) in events {
            messages.append(text)
            if messages.count == count { break }
        }
        return messages
    }

    /// The first disconnection.
    private func disconnection(of events: WebSocketStream.Events) async throws -> (WebSocketError, Duration) {
        for try await case .disconnected(let error, let wait) in events { return (error, wait) }
        throw CancellationError()
    }

    /// How the first connection ends that follows this script after its upgrade.
    private func end(
        limits: WebSocketLimits = .patient, _ script: @escaping @Sendable (StubConnection) async throws -> Void
    ) async throws -> WebSocketError {
        try await StubServer.run { connection in
            try await upgrade(connection)
            try await script(connection)
        } during: { server in
            try await stream(server, limits: limits).withEvents { try await disconnection(of: $0).0 }
        }
    }

    @Test func upgrade_carriesTargetAndHeaders() async throws {
        let requests = Recorder<StubRequest>()
        try await StubServer.run { connection in
            guard let request = try await connection.request() else { return }
            requests.append(request)
            try await connection.upgradeToWebSocket(request)
            try await connection.send(.text("75"))
            try await connection.untilClosed()
        } during: { server in
            #expect(try await stream(server).withEvents { try await messages(1, of: $0) } == ["75"])
            let request = try #require(requests.all.first)
            #expect(request.method == "GET")
            #expect(request.target == "/api/v1/data/real_time?x=1")
            #expect(request.header("Authorization") == "Bearer abc")
            #expect(request.header("Host") == "127.0.0.1:\(server.port)")
            #expect(request.header("Sec-WebSocket-Version") == "13")
        }
    }

    @Test func messages_areTextsOnly_wholeAndInOrder() async throws {
        try await StubServer.run { connection in
            try await upgrade(connection)
            try await connection.send(.text("first"))
            try await connection.send(StubFrame(.binary, [1, 2, 3]))
            try await connection.send(StubFrame(.text, Array("frag".utf8), isFinal: false))
            try await connection.send(StubFrame(.ping, [9]))
            try await connection.send(StubFrame(.continuation, Array("mented".utf8)))
            try await connection.send(.text(String(repeating: "x", count: 70_000)))
            try await connection.untilClosed()
        } during: { server in
            let received = try await stream(server).withEvents { try await messages(3, of: $0) }
            #expect(received == ["first", "fragmented", String(repeating: "x", count: 70_000)])
        }
    }

    @Test func ping_isAnsweredWithItsData() async throws {
        let answers = Recorder<StubFrame>()
        try await StubServer.run { connection in
            try await upgrade(connection)
            try await connection.send(StubFrame(.ping, [1, 2, 3]))
            if let frame = try await connection.frame() { answers.append(frame) }
            try await connection.send(.text("done"))
            try await connection.untilClosed()
        } during: { server in
            _ = try await stream(server).withEvents { try await messages(1, of: $0) }
        }
        #expect(answers.all == [StubFrame(.pong, [1, 2, 3])])
    }

    @Test func leaving_saysGoodbye() async throws {
        let frames = Recorder<StubFrame>()
        try await StubServer.run { connection in
            try await upgrade(connection)
            try await connection.send(.text("75"))
            if let frame = try await connection.frame() { frames.append(frame) }
        } during: { server in
            _ = try await stream(server).withEvents { try await messages(1, of: $0) }
            await frames.until { !$0.isEmpty }
        }
        #expect(frames.all == [.close(1000)])
    }

    @Test(arguments: [(401, WebSocketError.Code.unauthorised), (403, .forbidden)])
    func refusal_ofTheToken_endsTheStreamAtOnce(status: Int, code: WebSocketError.Code) async throws {
        let body = #"{"error_code":"7005","error_message":"token_not_found"}"#
        try await StubServer.run(answering: [.json(status, body)]) { server, requests in
            let error = await #expect(throws: WebSocketError.self) {
                try await stream(server).withEvents { for try await _ in $0 {} }
            }
            #expect(error?.code == code)
            #expect(error?.status == status)
            #expect(error?.isFinal == true)
            #expect(error.map { String(decoding: $0.body, as: UTF8.self) } == body)
            #expect(requests.all.count == 1)
        }
    }

    @Test(arguments: [200, 404, 426, 429, 500, 503]) func refusal_withAnotherStatus_isTriedAgain(
        status: Int
    ) async throws {
        try await StubServer.run(answering: [StubAnswer(status, body: "no")]) { server, _ in
            let (error, _) = try await stream(server).withEvents { try await disconnection(of: $0) }
            #expect(error.code == .refused)
            #expect(error.status == status)
            #expect(error.body == Array("no".utf8))
            #expect(!error.isFinal)
        }
    }

    @Test(arguments: [401, 503]) func refusal_thatCameCompressed_saysSoInPlaceOfTheBytes(status: Int) async throws {
        let answer = StubAnswer(status, headers: [("Content-Encoding", "gzip")], body: "\u{1F}\u{8B}\u{8}")
        try await StubServer.run(answering: [answer]) { server, _ in
            let error = try await stream(server).withEvents { events in
                do { return try await disconnection(of: events).0 } catch let error as WebSocketError { return error }
            }
            #expect(error.status == status && error.body.isEmpty)
            #expect("\(error)".contains("Content-Encoding: gzip"), "\(error)")
        }
    }

    @Test(arguments: ["\u{1B}]0;owned\u{7}", "a\nerror: forged", "\u{9B}2J", "\u{202E}x"])
    func goodbye_withAReasonThatWouldMoveACursor_isOneSafeLine(reason: String) async throws {
        let error = try await end { connection in
            try await connection.send(StubFrame(.close, [0x03, 0xF0] + Array(reason.utf8)))
            try await connection.untilClosed()
        }
        #expect(error.closeCode == 1008)
        let unsafe = "\(error)".unicodeScalars.filter { [.control, .format].contains($0.properties.generalCategory) }
        #expect(unsafe.isEmpty, "\("\(error)".debugDescription)")
    }

    @Test func refusal_withAHugeBody_keepsItsBeginning() async throws {
        try await StubServer.run(answering: [StubAnswer(500, body: String(repeating: "x", count: 1 << 20))]) {
            server, _ in
            let (error, _) = try await stream(server).withEvents { try await disconnection(of: $0) }
            #expect(error.body.count == WebSocketLimits().refusalBytes)
        }
    }

    @Test func upgrade_thatIsNotAnswered_endsInTime() async throws {
        var limits = WebSocketLimits()
        limits.upgradeTimeout = .milliseconds(100)
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.untilClosed()
        } during: { [limits] server in
            let (error, _) = try await stream(server, limits: limits).withEvents { try await disconnection(of: $0) }
            #expect(error.code == .upgradeTimeout)
        }
    }

    @Test func upgrade_whoseRefusalNeverEnds_endsInTime() async throws {
        var limits = WebSocketLimits()
        limits.upgradeTimeout = .milliseconds(100)
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 500 Error\r\nContent-Length: 100\r\n\r\nhalf")
            try await connection.untilClosed()
        } during: { [limits] server in
            let (error, _) = try await stream(server, limits: limits).withEvents { try await disconnection(of: $0) }
            #expect([.upgradeTimeout, .refused].contains(error.code))
        }
    }

    @Test func upgrade_withTheWrongKey_isAViolation() async throws {
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    + "Sec-WebSocket-Accept: wrong\r\n\r\n")
            try await connection.untilClosed()
        } during: { server in
            let (error, _) = try await stream(server).withEvents { try await disconnection(of: $0) }
            #expect(error.code == .protocolViolation)
        }
    }

    @Test func upgrade_whenNobodyListens_cannotConnect() async throws {
        let deaf = DeafPort()
        let (error, _) = try await stream(StubServer(port: deaf.port)).withEvents { try await disconnection(of: $0) }
        #expect(error.code == .cannotConnect)
        #expect(error.description.contains("ws://127.0.0.1:\(deaf.port)"))
    }

    @Test func upgrade_ofTLSToAServerWithout_saysTLS() async throws {
        try await StubServer.run { connection in
            _ = try await connection.read(1)
            try await connection.answer(StubAnswer(400))
        } during: { server in
            let stream = WebSocketStream(limits: .patient, clock: clock) {
                WebSocketRequest(host: "127.0.0.1", port: server.port, isSecure: true, target: "/")
            }
            let (error, _) = try await stream.withEvents { try await disconnection(of: $0) }
            #expect(error.code == .tls)
        }
    }

    @Test func close_byTheServer_tellsItsCode() async throws {
        let error = try await end { connection in
            try await connection.send(.close(1008))
            try await connection.untilClosed()
        }
        #expect(error.code == .closed)
        #expect(error.closeCode == 1008)
    }

    @Test(arguments: [true, false]) func connection_thatBreaks_isClosed(isReset: Bool) async throws {
        let error = try await end { connection in
            try await connection.send(StubFrame(.ping))
            _ = try await connection.frame()
            if isReset { try await connection.reset() }
        }
        #expect(error.code == .closed)
        #expect(error.closeCode == nil)
    }

    @Test func message_thatIsTooLarge_endsTheConnection() async throws {
        var limits = WebSocketLimits.patient
        limits.messageBytes = 100
        let half = [UInt8](repeating: 0x78, count: 60)
        let inOneFrame = try await end(limits: limits) { connection in
            try await connection.send(StubFrame(.text, half + half))
            try await connection.untilClosed()
        }
        let inFragments = try await end(limits: limits) { connection in
            try await connection.send(StubFrame(.text, half, isFinal: false))
            try await connection.send(StubFrame(.continuation, half))
            try await connection.untilClosed()
        }
        #expect(inOneFrame.code == .messageTooLarge)
        #expect(inFragments.code == .messageTooLarge)
    }

    @Test(arguments: [
        StubFrame(.continuation, [1]), StubFrame(.ping, [UInt8](repeating: 0, count: 126)),
        StubFrame(.close, [3], isFinal: false), StubFrame(.text, [0xC3, 0x28]),
    ])
    func frame_againstTheProtocol_endsTheConnection(frame: StubFrame) async throws {
        let error = try await end { connection in
            try await connection.send(frame)
            try await connection.untilClosed()
        }
        #expect(error.code == .protocolViolation)
    }

    @Test func server_thatIsSilent_isPinged_andGivenUpWithoutAnswer() async throws {
        let pings = Recorder<StubFrame>()
        try await StubServer.run { connection in
            try await upgrade(connection)
            while let frame = try await connection.frame() {
                pings.append(frame)
                // Answers the first ping only, at once.
                guard pings.all.count == 1 else { continue }
                try await connection.send(StubFrame(.pong))
                try await connection.send(.text("alive"))
            }
        } during: { server in
            let limits = WebSocketLimits()
            try await stream(server).withEvents { events in
                var iterator = events.makeAsyncIterator()
                guard case .connected = try await iterator.next() else {
                    Issue.record("not connected")
                    return
                }
                await clock.untilSleeping()
                clock.advance(by: limits.pingAfter)
                guard case .message = try await iterator.next() else {
                    Issue.record("no answer to the ping")
                    return
                }
                await clock.untilSleeping()
                clock.advance(by: limits.pongTimeout)
                await clock.untilSleeping()
                clock.advance(by: limits.pingAfter)
                await pings.until { $0.count == 2 }
                await clock.untilSleeping()
                clock.advance(by: limits.pongTimeout)
                guard case .disconnected(let error, _) = try await iterator.next() else {
                    Issue.record("still connected")
                    return
                }
                #expect(error.code == .silent)
            }
            #expect(pings.all.prefix(2).map(\.opcode) == [.ping, .ping])
        }
    }

    @Test func stream_comesBack_withWaitsThatGrowUntilSomethingIsHeard() async throws {
        // Five refusals, a stream with one message, a refusal.
        let attempts = Recorder<Int>()
        try await StubServer.run { connection in
            guard let request = try await connection.request() else { return }
            if attempts.append(1) == 5 {
                try await connection.upgradeToWebSocket(request)
                try await connection.send(.text("75"))
                try await connection.send(StubFrame(.ping))
                _ = try await connection.frame()
            } else {
                try await connection.answer(StubAnswer(503))
            }
        } during: { server in
            try await stream(server).withEvents { events in
                var failures = 0
                var seen: [String] = []
                for try await event in events {
                    switch event {
                    case .connected: seen.append("connected")
                    case .message(let text):
                        seen.append(text)
                        failures = 0
                    case .disconnected(_, let wait):
                        failures += 1
                        seen.append("disconnected")
                        #expect(wait <= WebSocketStream.standardBackoff.ceiling(afterFailures: failures))
                        if attempts.all.count == 7 { break }
                        await clock.untilSleeping()
                        clock.advance(by: wait)
                    }
                    if seen.count == 9 { break }
                }
                let refused = [String](repeating: "disconnected", count: 5)
                #expect(seen == refused + ["connected", "75", "disconnected", "disconnected"])
            }
        }
    }

    @Test func stream_whenTheRequestCannotBeMade_ends() async throws {
        struct NoToken: Error {}
        let stream = WebSocketStream(clock: clock) { throw NoToken() }
        await #expect(throws: NoToken.self) { try await stream.withEvents { for try await _ in $0 {} } }
    }

    @Test func stream_thatIsCancelledWhileItOpens_endsAtOnce() async throws {
        let arrived = Recorder<Int>()
        try await StubServer.run { connection in
            _ = try await connection.request()
            arrived.append(1)
            try await connection.untilClosed()
            arrived.append(2)
        } during: { server in
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await stream(server).withEvents { for try await _ in $0 {} } }
                await arrived.until { $0.count == 1 }
                group.cancelAll()
            }
            await arrived.until { $0.count == 2 }
        }
    }

    /// openssl's server takes no upgrade, but that it says so shows that it was believed.
    @Test func stream_toAServerWithACertificateOfItsOwn_trustsItWhereThatIsTold() async throws {
        try await UnknownServer.run { port, certificate in
            let pem = Array(try Data(contentsOf: URL(filePath: certificate)))
            for (certificates, code) in [(pem, WebSocketError.Code.refused), ([], .tls)] {
                let stream = WebSocketStream(limits: .patient, clock: ManualClock()) {
                    WebSocketRequest(
                        host: "localhost", port: port, isSecure: true, target: "/", certificates: certificates)
                }
                let (error, _) = try await stream.withEvents { try await disconnection(of: $0) }
                #expect(error.code == code, "\(error)")
            }
        }
    }
}
