import TestKit
import Testing
import WebClient

@Suite(.timeLimit(.minutes(10))) struct WebClientTests {
    private static let secret = "8c4da3ce-7ed7-4a19-a1f1-058498661e45"

    private func endpoint(_ server: StubServer, _ method: RequestTemplate.Method = .post) throws -> RequestTemplate {
        try RequestTemplate(method, ServiceAddress(server.url), path: "/api/v1/data?x=1")
    }

    /// Sends one request that is bound to fail.
    private func failure(of server: StubServer, limits: WebClientLimits = .patient) async throws -> WebError {
        let client = WebClient(limits: limits)
        let endpoint = try endpoint(server)
        return try await #require(throws: WebError.self) {
            try await client.send(to: endpoint, headers: [("Authorization", "Bearer \(Self.secret)")], body: "{}")
        }
    }

    @Test func send_carriesHeadersAndBody_andBringsTheWholeAnswer() async throws {
        try await StubServer.run(answering: [.json(418, #"{"a":1}"#)]) { server, requests in
            let response = try await WebClient.patient().send(
                to: try endpoint(server), headers: [("Authorization", "Bearer x")], body: "{}")
            #expect(response.status == 418)
            #expect(response.text == #"{"a":1}"#)
            #expect(response.header("content-type") == "application/json")
            let request = try #require(requests.all.first)
            #expect(request.method == "POST")
            #expect(request.target == "/api/v1/data?x=1")
            #expect(request.body == "{}")
            #expect(request.header("authorization") == "Bearer x")
            #expect(request.header("content-type") == "application/json")
            #expect(request.header("user-agent") == WebClient.userAgent)
            #expect(request.header("host") == "127.0.0.1:\(server.port)")
        }
    }

    @Test func send_ofBytes_carriesEachOfThem_withTheirType() async throws {
        try await StubServer.run(answering: [StubAnswer(204)]) { server, requests in
            let endpoint = try endpoint(server, .send(contentType: "text/plain"))
            let bytes = Array("a\0b".utf8) + [UInt8](repeating: 0x7A, count: 200_000)
            let response = try await WebClient.patient().send(
                to: endpoint, headers: [("Content-Encoding", "x-test")], bytes: bytes)
            #expect(response.status == 204)
            let request = try #require(requests.all.first)
            #expect(Array(request.body.utf8) == bytes)
            #expect(request.header("content-type") == "text/plain")
            #expect(request.header("content-encoding") == "x-test")
        }
    }

    @Test func send_manyTimes_usesOneConnection() async throws {
        let connections = Recorder<Int>()
        try await StubServer.run { connection in
            connections.append(1)
            while try await connection.request() != nil { try await connection.answer(StubAnswer(200)) }
        } during: { server in
            let client = WebClient.patient()
            for _ in 0..<20 { _ = try await client.send(to: try endpoint(server), body: "{}") }
        }
        #expect(connections.all.count == 1)
    }

    @Test func send_neverFollowsARedirect() async throws {
        let target = [("Location", "http://127.0.0.1:1/elsewhere")]
        try await StubServer.run(answering: [StubAnswer(302, headers: target)]) { server, requests in
            let response = try await WebClient.patient().send(to: try endpoint(server, .get))
            #expect(response.status == 302)
            #expect(requests.all.count == 1)
        }
    }

    @Test func send_whenNobodyListens_saysRefused() async throws {
        let deaf = DeafPort()
        let error = try await failure(of: StubServer(port: deaf.port))
        #expect(error.code == .connectionRefused)
        #expect(!error.mayHaveArrived)
        #expect(error.description.contains("\(deaf.port)"))
    }

    @Test func send_toANameThatDoesNotExist_saysSo() async throws {
        let endpoint = try RequestTemplate(.get, ServiceAddress("http://strapline.invalid"), path: "/")
        let error = await #expect(throws: WebError.self) { try await WebClient.patient().send(to: endpoint) }
        #expect(error?.code == .nameNotFound)
        #expect(error?.mayHaveArrived == false)
    }

    @Test func send_ofTLSToAServerWithout_saysTLS() async throws {
        try await StubServer.run { connection in
            _ = try await connection.read(1)
            try await connection.answer(StubAnswer(400))
        } during: { server in
            let endpoint = try RequestTemplate(.get, ServiceAddress("https://localhost:\(server.port)"), path: "/")
            let error = await #expect(throws: WebError.self) { try await WebClient.patient().send(to: endpoint) }
            #expect(error?.code == .tls)
            #expect(error?.mayHaveArrived == false)
        }
    }

    @Test func send_toAServerThatNobodyVouchesFor_saysTLSAndTellsItNothing() async throws {
        try await UnknownServer.run { port in
            let endpoint = try RequestTemplate(.get, ServiceAddress("https://localhost:\(port)"), path: "/")
            let error = await #expect(throws: WebError.self) {
                try await WebClient.patient().send(to: endpoint, headers: [("Authorization", "Bearer \(Self.secret)")])
            }
            #expect(error?.code == .tls)
            #expect(error?.mayHaveArrived == false)
            #expect(error?.description.contains("certificate") == true)
        }
    }

    @Test func send_whenTheHeadNeverComes_endsInTime() async throws {
        var limits = WebClientLimits.patient
        limits.silenceTimeout = .seconds(1)
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.untilClosed()
        } during: { [limits] server in
            let error = try await failure(of: server, limits: limits)
            #expect(error.code == .answerTimeout)
            #expect(error.mayHaveArrived)
        }
    }

    @Test func send_whenTheAnswerTrickles_endsInTime() async throws {
        var limits = WebClientLimits.patient
        limits.totalTimeout = .seconds(3)
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
            while true {
                try await connection.send("x")
                // the pace of the server, not of the test
                try await Task.sleep(for: .milliseconds(10))
            }
        } during: { [limits] server in
            let error = try await failure(of: server, limits: limits)
            #expect(error.code == .answerTimeout)
        }
    }

    @Test(arguments: ["", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"], [true, false])
    func send_whenTheConnectionEndsBeforeTheAnswer_saysLost(beginning: String, isReset: Bool) async throws {
        try await StubServer.run { connection in
            _ = try await connection.request()
            if !beginning.isEmpty { try await connection.send(beginning) }
            if isReset { try await connection.reset() }
        } during: { server in
            let error = try await failure(of: server)
            #expect(error.code == .connectionLost)
            #expect(error.mayHaveArrived)
            #expect(!"\(error)".contains(Self.secret))
            #expect(!String(reflecting: error).contains(Self.secret))
        }
    }

    @Test func send_whenTheAnswerIsHuge_givesUp() async throws {
        let body = String(repeating: "x", count: WebClientLimits().responseBytes + 1)
        try await StubServer.run(answering: [StubAnswer(200, body: body)]) { server, _ in
            let error = try await failure(of: server)
            #expect(error.code == .responseTooLarge)
        }
    }

    @Test func send_whenTheAnswerIsNotHTTP_saysSo() async throws {
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.send("SSH-2.0-OpenSSH_9.2p1\r\n")
            try await connection.untilClosed()
        } during: { server in
            let error = try await failure(of: server)
            #expect(error.code == .malformedResponse)
        }
    }

    @Test func send_afterTheServerClosedWhileIdle_goesOverANewConnection() async throws {
        try await StubServer.run { connection in
            _ = try await connection.request()
            try await connection.answer(StubAnswer(200, headers: [("Connection", "close")]))
        } during: { server in
            let client = WebClient.patient()
            for _ in 0..<3 {
                let response = try await client.send(to: try endpoint(server), body: "{}")
                #expect(response.status == 200)
            }
        }
    }

    @Test func send_whenCancelled_endsAtOnce() async throws {
        let arrived = Recorder<Int>()
        try await StubServer.run { connection in
            _ = try await connection.request()
            arrived.append(1)
            try await connection.untilClosed()
        } during: { server in
            let (client, endpoint) = (WebClient.patient(), try endpoint(server))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let error = await #expect(throws: WebError.self) { try await client.send(to: endpoint) }
                    #expect(error?.code == .cancelled)
                }
                await arrived.until { $0.count == 1 }
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }
}
