import Glibc
import Logging
import NIOHTTP1
import NIOPosix
import TestKit
import Testing

@testable import LocalMetrics

@Suite(.timeLimit(.minutes(10))) struct MetricsServerTests {
    private let lines = Recorder<String>()
    private let clock = ManualClock()
    /// `/slow` is answered once this is true.
    private let isReleased = Watched(false)
    private let slowRequests = Watched(0)

    /// Runs a server on a free port beside `body`.
    private func withServer(
        authorization: (@Sendable () -> String?)? = nil, sharedGroup: MultiThreadedEventLoopGroup? = nil,
        _ body: @escaping @Sendable (_ port: Int) async throws -> Void
    ) async throws {
        let port = Watched<Int?>(nil)
        let address = try #require(LoopbackAddress("127.0.0.1:0"))
        let server = MetricsServer(
            address: address, authorization: authorization, sharedGroup: sharedGroup, clock: clock,
            logger: Logger(label: "test") { [lines] _ in RecordingLogHandler(lines) },
            whenListening: { listening in port.change { $0 = listening } },
            answer: { [isReleased, slowRequests] request in
                if request.path == "/slow" {
                    slowRequests.change { $0 += 1 }
                    await isReleased.until { $0 }
                }
                return request.path == "/else" ? .notFound : MetricsAnswer(status: .ok, text: "up 1\n")
            })
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await server.run() }
            defer { group.cancelAll() }
            await port.until { $0 != nil }
            try await body(port.value ?? 0)
        }
    }

    private func exchange(_ port: Int, _ request: String) async throws -> String {
        let connection = try #require(StubbornClient(port: port))
        connection.send(request)
        return await connection.receiveToTheEnd()
    }

    private static func get(_ path: String, host: String = "localhost") -> String {
        "GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n"
    }

    @Test func server_whenAsked_answersAndCloses() async throws {
        try await withServer { port in
            for host in ["localhost", "localhost:\(port)", "127.0.0.1:\(port)"] {
                let answer = try await exchange(port, Self.get("/metrics?x=1", host: host))
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\nup 1\n"))
                #expect(answer.contains("Connection: close"))
                #expect(answer.contains("Cache-Control: no-store"))
            }
        }
    }

    @Test(arguments: [
        ("GET /else HTTP/1.1\r\nHost: localhost\r\n\r\n", "404"),
        ("POST /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n", "405"),
        ("nonsense\r\n\r\n", "400"),
        ("GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n", "403"),
        ("GET /metrics HTTP/1.1\r\nHost: localhost:1\r\n\r\n", "403"),
        ("GET /healthz HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n\r\n", "403"),
        ("GET /metrics HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Proto: https\r\n\r\n", "403"),
        ("GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n", "403"),
        ("GET /metrics HTTP/1.1\r\n\r\n", "403"),
    ])
    func server_whenAskedWrongly_refuses(request: String, status: String) async throws {
        try await withServer { port in
            let answer = try await exchange(port, request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
            #expect(!answer.contains("up 1"))
        }
    }

    @Test(arguments: [
        ("Host: localhost\r\nAuthorization: Bearer sesame", "200"),
        ("Host: box.example\r\nX-Forwarded-For: 192.0.2.1\r\nAuthorization: Bearer sesame", "200"),
        ("Host: localhost", "401"), ("Host: localhost\r\nAuthorization: Bearer sesam", "401"),
        ("Host: localhost\r\nAuthorization: Bearer sesame1", "401"),
        ("Host: localhost\r\nAuthorization: sesame", "401"),
        ("Host: localhost\r\nAuthorization: Bearer sesame\r\nAuthorization: Bearer sesame", "401"),
    ])
    func server_withAToken_answersWhoeverBringsIt_andNobodyElse(headers: String, status: String) async throws {
        try await withServer(authorization: { "Bearer sesame" }) { port in
            let answer = try await exchange(port, "GET /metrics HTTP/1.1\r\n\(headers)\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        }
    }

    @Test func server_whoseTokenCannotBeRead_answersNobody() async throws {
        try await withServer(authorization: { nil }) { port in
            let answer = try await exchange(port, Self.get("/metrics"))
            #expect(answer.hasPrefix("HTTP/1.1 401 "))
        }
    }

    @Test func health_whileSilentConnectionsSitThere_isAnsweredAtOnce() async throws {
        try await withServer { port in
            // Twice as many as there are places. The clock stands still: none of them is closed for its silence.
            let silent = try (0..<2 * MetricsServer.connectionLimit).map { _ in
                try #require(StubbornClient(port: port))
            }
            #expect(try await exchange(port, Self.get("/healthz")).hasSuffix("up 1\n"))
            // The oldest had to give way.
            #expect(await silent[0].receiveToTheEnd() == "")
        }
    }

    @Test func connection_whenItSendsNoHeadFor2Seconds_isClosed() async throws {
        try await withServer { port in
            let silent = try #require(StubbornClient(port: port))
            let half = try #require(StubbornClient(port: port))
            half.send("GET /metrics HTTP/1.1\r\nHost: loc")
            // Two clocks for each: for the head and for the connection.
            await clock.untilSleeping(4)
            clock.advance(by: MetricsServer.headTime)
            #expect(await silent.receiveToTheEnd() == "")
            #expect(await half.receiveToTheEnd() == "")
        }
    }

    @Test func ninthConnection_whenEightAreBeingAnswered_isRefused_andTheEightAreServed() async throws {
        try await withServer { port in
            let busy = try (0..<MetricsServer.connectionLimit).map { _ in try #require(StubbornClient(port: port)) }
            for client in busy { client.send(Self.get("/slow")) }
            await slowRequests.until { $0 == MetricsServer.connectionLimit }
            let refused = try #require(StubbornClient(port: port))
            #expect(await refused.receiveToTheEnd().hasPrefix("HTTP/1.1 503 "))
            isReleased.change { $0 = true }
            for client in busy { #expect(await client.receiveToTheEnd().hasSuffix("up 1\n")) }
            #expect(try await exchange(port, Self.get("/healthz")).hasSuffix("up 1\n"))
        }
    }

    /// The kernel has accepted connections that the server has not taken up yet.
    @Test(arguments: [nil, MultiThreadedEventLoopGroup.singleton])
    func server_whenItStopsWhileClientsConnect_closesTheirConnections(
        group: MultiThreadedEventLoopGroup?
    ) async throws {
        for _ in 0..<50 {
            let clients = Recorder<StubbornClient>()
            try await withServer(sharedGroup: group) { port in
                for _ in 0..<2 * MetricsServer.connectionLimit {
                    clients.append(try #require(StubbornClient(port: port)))
                }
            }
            for client in clients.all { #expect(await client.receiveToTheEnd() == "") }
        }
    }

    @Test func server_whenThePortIsTaken_warnsAndGoesOn() async throws {
        try await withServer { port in
            let second = MetricsServer(
                address: try #require(LoopbackAddress("127.0.0.1:\(port)")),
                logger: Logger(label: "test") { [lines] _ in RecordingLogHandler(lines) }, answer: { _ in .notFound })
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await second.run() }
                await lines.until { $0.contains { $0.hasPrefix("metrics cannot be read") } }
                group.cancelAll()
            }
        }
    }
}
