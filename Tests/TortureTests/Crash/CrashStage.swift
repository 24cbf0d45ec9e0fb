import BlueZSimulator
import FoundationEssentials
import HeartRate
import Outbox
import Subprocess
import SystemPackage
import TestKit

/// `strapline run` as a process between two simulated straps and a server that fails; killed again and again.
struct CrashStage {
    static let straps = ["anna": "C4:11:22:33:44:55", "ben": "C4:11:22:33:44:66"]
    /// A Cardiogram batch, small enough that order and repetition within its window mean something.
    static let beatsPerRequest = 4

    let directory = TemporaryDirectory()
    let server: TorturedServer
    let beats: CountedBeats
    private let bus: PrivateBus
    private let simulator: Simulator
    private let shim: OutboxShim

    var outbox: String { directory.file("outbox.sqlite") }
    private var configuration: String { directory.file("strapline.yaml") }

    /// What the uploader has said last, for the message of a test that fails.
    var log: String {
        let text = (try? String(contentsOfFile: directory.file("strapline.log"), encoding: .utf8)) ?? ""
        return String(text.suffix(4000))
    }

    init(seed: UInt64) async throws {
        server = TorturedServer(seed: seed)
        bus = try PrivateBus()
        simulator = try await Simulator.start(on: bus.address)
        shim = try await OutboxShim()
        beats = CountedBeats(simulator)
        for (name, address) in Self.straps {
            await simulator.add(SimulatedStrap(address: address, name: name))
            let file = try FileDescriptor.open(
                directory.file("\(name).token"), .writeOnly, options: .create, permissions: .ownerReadWrite)
            try file.closeAfter { _ = try file.writeAll(name.utf8) }
        }
    }

    /// Where both services are; the file is read at the start of each life.
    func configure(port: Int) throws {
        var lines = [
            "services:",
            "  pulsoid: { address: \"http://127.0.0.1:\(port)\", requests_per_second: 0 }",
            "  cardiogram: { address: \"http://127.0.0.1:\(port)\" }",
            "outbox: { path: \"\(outbox)\" }", "clock: { wait_seconds: 0 }", "straps:",
        ]
        for (name, address) in Self.straps.sorted(by: { $0.key < $1.key }) {
            let token = directory.file("\(name).token")
            lines += [
                "  - name: \(name)", "    address: \"\(address)\"", "    destinations:",
                "      - { service: pulsoid, token_file: \"\(token)\" }",
                "      - { service: cardiogram, token_file: \"\(token)\", user_id: \(name),"
                    + " batch_seconds: 1, batch_beats: \(Self.beatsPerRequest) }",
            ]
        }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(filePath: configuration))
    }

    /// Runs the uploader until the plan kills it.
    func live(_ plan: CrashPlan) async throws {
        var environment: [Environment.Key: String?] = [:]
        var most = CrashPlan.mostMeasurements
        var requests: Int?
        switch plan.kill {
        case .change(let side, let number): environment = shim.killing(side, change: number, of: outbox)
        case .measurements(let count): most = count
        case .requests(let count): requests = server.answers.all.count + count
        }
        let limit = most
        let lastRequest = requests
        await beats.beginLife()
        try await whileRunning(environment) { kill in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await beats.beat(limit) }
                if let lastRequest { group.addTask { await server.answers.until { $0.count >= lastRequest } } }
                try await group.next()
                group.cancelAll()
            }
            kill(.kill)
        }
        await beats.endLife()
    }

    /// Runs the uploader, with straps that measure nothing more, until all of these have arrived.
    func deliver(until isDone: @escaping @Sendable ([TorturedServer.Arrival]) -> Bool) async throws {
        try await whileRunning([:]) { kill in
            await server.arrivals.until(isDone)
            kill(.terminate)
        }
    }

    /// Returns when the process has ended, by whatever hand; `body` is cancelled then.
    private func whileRunning(
        _ environment: [Environment.Key: String?],
        _ body: @escaping @Sendable (_ kill: @Sendable (Signal) -> Void) async throws -> Void
    ) async throws {
        let log = try FileDescriptor.open(
            directory.file("strapline.log"), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        _ = try await run(
            .path(FilePath(Torture.programs + "/strapline")), arguments: ["run", "--config", configuration],
            environment: .inherit.updating(["DBUS_SYSTEM_BUS_ADDRESS": bus.address]).updating(environment),
            input: .none, output: .sequence, error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    // Where the process has ended by itself there is nobody to send a signal to.
                    try await body { try? execution.send(signal: $0) }
                }
                for try await _ in execution.standardOutput.strings() {}
                group.cancelAll()
                do { try await group.waitForAll() } catch is CancellationError {}
            }
        }
    }
}
