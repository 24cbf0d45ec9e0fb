import FoundationEssentials
import ProcessHarness
import TestKit
import Testing

/// The metrics and the health check of `strapline run`.
@Suite(.timeLimit(.minutes(10)), .serialized) struct MetricsTests {
    private func get(_ path: String, _ port: Int) async throws -> String {
        let client = try #require(StubbornClient(port: port))
        client.send("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return await client.receiveToTheEnd()
    }

    /// The port that the uploader says it has taken.
    private func listeningPort(in log: () -> String) async throws -> Int {
        try await pollForValue {
            let line = log().split(separator: "\n").first { $0.contains("metrics can be read") }
            return line?.split(separator: "127.0.0.1:").dropFirst().first.flatMap { Int($0.prefix(while: \.isNumber)) }
        }
    }

    @Test func run_withMetrics_tellsItsHealthAndTheRateOfALiveStrap() async throws {
        let stack = try await StackFixture()
        try await stack.withHub { _, port in
            let yaml = try String(contentsOfFile: stack.configuration, encoding: .utf8)
            try (yaml + "metrics: { address: \"127.0.0.1:0\" }\n")
                .write(toFile: stack.configuration, atomically: true, encoding: .utf8)
            try await stack.withRoom(port: port) {
                try await stack.withUploader { uploader in
                    let own = try await listeningPort(in: { stack.log })
                    await stack.startBeating()
                    await stack.untilRoomShows(5)
                    let health = try await get("/healthz", own)
                    #expect(health.hasSuffix("\r\n\r\nok\n"), "\(health)")
                    let answer = try await get("/metrics", own)
                    #expect(answer.contains("\nstrapline_heart_rate_bpm{strap=\"anna\"} "), "\(answer)")
                    #expect(answer.contains("Content-Type: text/plain; version=0.0.4"))
                    let body = answer.split(separator: "\r\n\r\n", maxSplits: 1).last.map(String.init) ?? ""
                    #expect(MetricsCheck(body).problems.isEmpty)
                    let rate = try await get("/hr?strap=anna", own)
                    #expect(rate.hasPrefix("HTTP/1.1 200 "), "\(rate)")
                    #expect(rate.split(separator: "\r\n\r\n").last?.allSatisfy(\.isNumber) == true, "\(rate)")
                    #expect(try await get("/hr", own).hasPrefix("HTTP/1.1 400 "))
                    await stack.stopBeating()
                    await uploader.stop()
                }
            }
        }
    }
}
