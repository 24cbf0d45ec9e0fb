import Glibc
import Logging
import NIOHTTP1
import TestKit
import Testing
import WebClient

@testable import strapline

@Suite(.timeLimit(.minutes(1))) struct MetricsServerTests {
    private let lines = Recorder<String>()

    /// Runs a server on a free port beside `body`.
    private func withServer(_ body: @escaping @Sendable (_ port: Int) async throws -> Void) async throws {
        let port = Watched<Int?>(nil)
        let address = try #require(LoopbackAddress("127.0.0.1:0"))
        let server = MetricsServer(
            address: address, logger: Logger(label: "test") { [lines] _ in RecordingLogHandler(lines) },
            whenListening: { listening in port.change { $0 = listening } },
            answer: { $0 == "/metrics" ? MetricsAnswer(status: .ok, text: "up 1\n") : .notFound })
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

    @Test func server_whenAsked_answersAndCloses() async throws {
        try await withServer { port in
            for _ in 1...2 {
                let answer = try await exchange(port, "GET /metrics?x=1 HTTP/1.1\r\nHost: localhost\r\n\r\n")
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n") && answer.hasSuffix("\r\n\r\nup 1\n"))
                #expect(answer.contains("Connection: close"))
            }
        }
    }

    @Test(arguments: [
        ("GET /else HTTP/1.1\r\n\r\n", "404"), ("POST /metrics HTTP/1.1\r\n\r\n", "405"), ("nonsense\r\n\r\n", "400"),
    ])
    func server_whenAskedWrongly_saysSo(request: String, status: String) async throws {
        try await withServer { port in
            let answer = try await exchange(port, request)
            #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
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
