import FoundationEssentials
import Outbox
import ProcessHarness
import Subprocess
import TestKit

/// `strapline run` as a process, with its files in a folder of the test.
struct UploaderProcess: Sendable {
    let directory = TemporaryDirectory()
    let busAddress: String

    var outbox: String { directory.file("outbox.sqlite") }
    private var configuration: String { directory.file("strapline.yaml") }

    /// The log of all its lives.
    var wholeLog: String { (try? String(contentsOfFile: directory.file("strapline.log"), encoding: .utf8)) ?? "" }

    /// The end of its log, for the message of a test that fails.
    var log: String { String(wholeLog.suffix(4000)) }

    /// Both services are one server at `port`. A strap's name is its token and its user there. The file is read at each
    /// start. Options begin with a comma.
    func configure(
        straps: [String: String], port: Int, beatsPerRequest: Int, durability: Durability = .powerLoss,
        outputs: [String] = [], outboxOptions: String = "", pulsoidOptions: String = ""
    ) throws {
        var lines = [
            "services:",
            "  pulsoid: { address: \"http://127.0.0.1:\(port)\", requests_per_second: 0 }",
            "  cardiogram: { address: \"http://127.0.0.1:\(port)\" }",
            "outbox: { path: \"\(outbox)\", durability: \(durability.rawValue)\(outboxOptions) }",
            "clock: { wait_seconds: 0 }", "straps:",
        ]
        for (name, address) in straps.sorted(by: { $0.key < $1.key }) {
            let token = directory.file("\(name).token")
            try Data(name.utf8).write(to: URL(filePath: token))
            lines += [
                "  - name: \(name)", "    address: \"\(address)\"", "    destinations:",
                "      - { service: pulsoid, token_file: \"\(token)\"\(pulsoidOptions) }",
                "      - { service: cardiogram, token_file: \"\(token)\", user_id: \(name),"
                    + " batch_seconds: 1, batch_beats: \(beatsPerRequest) }",
            ]
        }
        lines += outputs
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: configuration))
    }

    /// Runs another command with the configuration.
    func run(
        _ command: [String], _ environment: [Environment.Key: String?]
    ) async throws -> ProgramRunner.Ended {
        try await ProgramRunner.strapline(in: directory, environment: .inherit.updating(environment))
            .run(command + ["--config", configuration])
    }

    /// Returns when the process has ended; `body` is cancelled then.
    func whileRunning(
        _ environment: [Environment.Key: String?] = [:],
        _ body: @escaping @Sendable (ProgramRunner.Running) async throws -> Void
    ) async throws {
        let strapline = ProgramRunner.strapline(
            in: directory,
            environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": busAddress]).updating(environment))
        _ = try await strapline.start(["run", "--config", configuration]) { running in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await body(running) }
                await running.untilEnded()
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
        }
    }
}
