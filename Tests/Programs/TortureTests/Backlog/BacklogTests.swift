import BlueZSimulator
import Logging
import Outbox
import ProcessHarness
import PulsoidAPI
import Subprocess
import TestKit
import Testing
import Timing

/// Starts `strapline run` with a long backlog and without one, while the server does not answer.
@Suite(.timeLimit(.minutes(20)), .serialized)
struct BacklogTests {
    private static let strap = "chest"
    private static let address = "C4:11:22:33:44:55"
    private static let lanes = ["pulsoid", "cardiogram"].map { Lane(strap: strap, destination: $0) }
    /// The allowed cost of a backlog.
    private static let mostKibibytes = 8 * 1024
    private static let readingsPerCommit = 5000
    /// Measurements of the strap before memory is read.
    private static let measurements = 50

    private struct Start {
        let listening: Duration
        let privateKibibytes: Int
    }

    @Test func start_withALongBacklog_takesNoMoreMemoryThanWithNone() async throws {
        let backlog = Torture.size("BACKLOG", bounded: 100_000, full: 1_000_000)
        let rounds = Torture.isFull ? 3 : 2
        let bus = try PrivateBus()
        let simulator = try await Simulator.start(on: bus.address)
        await simulator.add(SimulatedStrap(address: Self.address, name: Self.strap))
        let fresh = UploaderProcess(busAddress: bus.address)
        let laden = UploaderProcess(busAddress: bus.address)
        try await Self.fill(laden.outbox, readings: backlog)
        let none = try await best(of: rounds, fresh, simulator)
        let long = try await best(of: rounds, laden, simulator)
        #expect(try await OutboxReader(path: laden.outbox).statistics().lanes.allSatisfy { $0.waiting >= backlog })
        #expect(long.privateKibibytes - none.privateKibibytes < Self.mostKibibytes)
        var report = TortureReport("backlog")
        report.add("readings waiting", backlog)
        report.add("listens to the strap after", Self.milliseconds(long.listening))
        report.add("with none waiting", Self.milliseconds(none.listening))
        report.add("private memory", kibibytes: long.privateKibibytes)
        report.add("with none waiting", kibibytes: none.privateKibibytes)
        report.publish()
    }

    /// The shortest time and the least memory of several starts, because other work of the machine adds to both.
    private func best(of rounds: Int, _ uploader: UploaderProcess, _ simulator: Simulator) async throws -> Start {
        var starts: [Start] = []
        for _ in 0..<rounds { starts.append(try await start(uploader, simulator)) }
        return Start(
            listening: starts.map(\.listening).min() ?? .zero,
            privateKibibytes: starts.map(\.privateKibibytes).min() ?? 0)
    }

    /// Memory is read when both lanes have tried to deliver, and the strap has measured for a while.
    private func start(_ uploader: UploaderProcess, _ simulator: Simulator) async throws -> Start {
        let attempts = Recorder<String>()
        let result = Recorder<Start>()
        try await StubServer.run { connection in
            if let request = try await connection.request() { attempts.append(request.target) }
            try await connection.reset()
        } during: { server in
            try uploader.configure(straps: [Self.strap: Self.address], port: server.port, beatsPerRequest: 500)
            let before = await simulator.status.straps[Self.address]?.subscriptions ?? 0
            let begin = ContinuousClock.now
            try await uploader.whileRunning { running in
                try await simulator.until { ($0.straps[Self.address]?.subscriptions ?? 0) > before }
                let listening = begin.duration(to: .now)
                _ = await simulator.notify(Self.address, count: Self.measurements)
                await attempts.until { targets in
                    let toPulsoid = targets.count { $0 == PulsoidPath.data }
                    return toPulsoid >= 2 && targets.count - toPulsoid >= 2
                }
                let memory = ProcessFigures.privateKibibytes(running.processID)
                result.append(Start(listening: listening, privateKibibytes: memory))
                running.sendIfRunning(.kill)
            }
            try await simulator.untilSubscribed(Self.address, false)
        }
        return try #require(result.all.first, "\(uploader.log)")
    }

    private static func fill(_ path: String, readings count: Int) async throws {
        let logger = Logger(label: "outbox", factory: { _ in SwiftLogNoOpLogHandler() })
        let outbox = try Outbox(path: path, lanes: lanes, logger: logger)
        let now = KernelTime().now()
        for first in stride(from: 0, to: count, by: readingsPerCommit) {
            try await outbox.append(
                (first..<min(count, first + readingsPerCommit)).map { number in
                    // One second apart, and the last one now.
                    let agoMilliseconds = Int64(count - number) * 1000
                    return Reading(
                        strap: strap, measurement: CountedBeats.measurement(number % 65_536),
                        measuredAtMilliseconds: now.wallMilliseconds - agoMilliseconds,
                        bootMilliseconds: now.bootMilliseconds - agoMilliseconds)
                })
        }
        try await outbox.close()
    }

    private static func milliseconds(_ duration: Duration) -> String { "\(Int(duration / .milliseconds(1))) ms" }
}
