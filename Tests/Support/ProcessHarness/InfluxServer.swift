import FoundationEssentials
import Subprocess
import SystemPackage
import TestKit
import WebClient

/// Debian's InfluxDB 1.6.7, which `scripts/influxdb.sh` unpacks without installing it.
package struct InfluxServer: Sendable {
    package struct NotReady: Error {
        package let log: [String]
    }

    private static let program = ProjectFolder.path(".build/influxdb/usr/bin/influxd")

    /// Whether it is there. It is not on a machine without apt.
    package static var isThere: Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// `http://127.0.0.1:port`
    package let address: String
    private let client = WebClient()

    /// Serves while `body` runs, with no database, from an empty folder.
    package static func run<Result: Sendable>(
        _ body: @escaping @Sendable (InfluxServer) async throws -> Result
    ) async throws -> Result {
        let folder = TemporaryDirectory()
        let configuration = folder.file("influxdb.conf")
        let text = """
            reporting-disabled = true
            bind-address = "127.0.0.1:0"
            [meta]
            dir = "\(folder.file("meta"))"
            [data]
            dir = "\(folder.file("data"))"
            wal-dir = "\(folder.file("wal"))"
            [monitor]
            store-enabled = false
            [http]
            bind-address = "127.0.0.1:0"
            log-enabled = false
            """
        try Data(text.utf8).write(to: URL(filePath: configuration))
        // It logs to standard error.
        let outcome = try await Subprocess.run(
            .path(FilePath("/bin/sh")),
            arguments: ["-c", "exec \"$0\" run -config \"$1\" 2>&1", program, configuration],
            input: .none, output: .sequence, error: .discarded
        ) { execution in
            defer { try? execution.send(signal: .kill) }
            var log: [String] = []
            for try await line in execution.standardOutput.strings() {
                log.append(line)
                guard line.contains("Listening on HTTP"), let place = line.firstRange(of: "addr=127.0.0.1:") else {
                    continue
                }
                let port = line[place.upperBound...].prefix { $0.isNumber }
                return try await body(InfluxServer(address: "http://127.0.0.1:\(port)"))
            }
            throw NotReady(log: log)
        }
        withExtendedLifetime(folder) {}
        return outcome.closureResult
    }

    private init(address: String) {
        self.address = address
    }

    /// The answer to a query, or to a command like `CREATE DATABASE`, as JSON.
    @discardableResult
    package func query(_ text: String, in database: String = "") async throws -> String {
        let fields = [(name: "db", value: database), (name: "epoch", value: "ms"), (name: "q", value: text)]
        let template = try RequestTemplate(.postForm, ServiceAddress(address), path: "/query?" + WebForm.encode(fields))
        return try await client.send(to: template).text
    }

    /// The number of points of a measurement.
    package func count(of measurement: String = "heart_rate", in database: String) async throws -> Int {
        struct Answer: Decodable {
            struct Result: Decodable { let series: [Series]? }
            struct Series: Decodable { let values: [[Int]] }

            let results: [Result]
        }
        let text = try await query("SELECT count(bpm) FROM \"\(measurement)\"", in: database)
        let answer = try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
        return answer.results.first?.series?.first?.values.first?.last ?? 0
    }

    /// Writes lines as another program does. Returns the status.
    @discardableResult
    package func write(_ lines: String, to database: String) async throws -> Int {
        let template = try RequestTemplate(
            .send(contentType: "text/plain"), ServiceAddress(address), path: "/write?db=\(database)&precision=ms")
        return try await client.send(to: template, body: lines).status
    }
}
