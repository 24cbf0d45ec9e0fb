import BlueZSimulator
import FoundationEssentials
import HeartRate
import Timing

/// One `strapline run` with many straps, each with a token of its own, by which the sink knows them.
struct CrowdTrial: Sendable {
    static let straps = 20
    /// Until connections stand and caches are warm; these readings are checked as all others are.
    private static let warmUpSeconds = 10
    /// How long the last readings may take, and the start.
    private static let patience: Duration = .seconds(30)

    var program: String
    /// The folder of the program's files; it is emptied first.
    var folder: String
    /// The bus that stands for the system bus.
    var busAddress: String
    /// Readings of all straps together, each second.
    var perSecond: Int

    /// All straps beat, in turn and evenly.
    func beating(minutes: Int) async throws -> CrowdResult {
        try await Sink.running { sink in
            try await running(straps: Self.straps, sink: sink) { simulator, meter in
                let seconds = Self.warmUpSeconds + 60 * minutes
                async let checks = collect(perSecond * seconds, from: sink, within: .seconds(seconds))
                try await beat(Self.warmUpSeconds, from: 0, simulator)
                let (cpu, start) = (try meter.cpu(), ContinuousClock.now)
                var memory = [try meter.memory()]
                for minute in 0..<minutes {
                    try await beat(60, from: Self.warmUpSeconds + 60 * minute, simulator)
                    memory.append(try meter.memory())
                }
                let result = CrowdResult(
                    readings: perSecond * 60 * minutes, cpu: try meter.cpu() - cpu, wall: .now - start,
                    memory: memory, checks: try await checks)
                return result
            }
        }
    }

    /// One strap beats once and goes out of range. The CPU that is used from then on, for a second of time.
    func away(minutes: Int) async throws -> Duration {
        try await Sink.running { sink in
            try await running(straps: 1, sink: sink) { simulator, meter in
                await simulator.notify(Self.address(0))
                await simulator.disappear(Self.address(0))
                try await simulator.untilDiscovering()
                let cpu = try meter.cpu()
                try await Task.sleep(for: .seconds(60 * minutes))
                return (try meter.cpu() - cpu) / (60 * minutes)
            }
        }
    }

    // MARK: Readings

    /// Beats for so many seconds; each strap counts its readings up from the start of the trial.
    private func beat(_ seconds: Int, from second: Int, _ simulator: Simulator) async throws {
        let start = ContinuousClock.now
        for tick in 0..<seconds * perSecond {
            try await Task.sleep(until: start + .seconds(tick) / perSecond, tolerance: .zero)
            let number = (second * perSecond + tick) / Self.straps
            let measurement = HeartRateMeasurement(
                beatsPerMinute: SequenceCheck.heartRate(ofReading: number), contact: .detected, rrIntervals: [820])
            let address = Self.address(tick % Self.straps)
            guard await simulator.notify(address, bytes: measurement.encoded()) != nil else {
                throw BenchError("it does not listen to \(address) any more")
            }
        }
    }

    private func collect(_ count: Int, from sink: Sink, within limit: Duration) async throws -> [String: SequenceCheck]
    {
        do {
            return try await withTimeout(limit + Self.patience) {
                var checks: [String: SequenceCheck] = [:]
                var arrived = 0
                for await arrival in sink.arrivals {
                    let isNew =
                        checks[arrival.sender, default: SequenceCheck()].note(heartRate: arrival.heartRate) != nil
                    arrived += isNew ? 1 : 0
                    if arrived == count { break }
                }
                return checks
            }
        } catch is TimedOut {
            throw BenchError("not all of \(count) readings arrived \(Self.patience) after the last was sent")
        }
    }

    // MARK: The program

    private func running<Result: Sendable>(
        straps: Int, sink: Sink, _ body: @escaping @Sendable (Simulator, ProcessMeter) async throws -> Result
    ) async throws -> Result {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let config = folder + "/strapline.yaml"
        try configuration(straps: straps, port: sink.port).write(toFile: config, atomically: false, encoding: .utf8)
        let simulator = try await Simulator.start(on: busAddress)
        for strap in 0..<straps { await simulator.add(SimulatedStrap(address: Self.address(strap))) }
        let result = try await UploaderProcess(
            commandLine: [program, "run", "--config", config], environment: environment
        ).running { meter in
            try await withTimeout(Self.patience) {
                try await simulator.until { $0.straps.values.allSatisfy(\.isSubscribed) }
            }
            return try await body(simulator, meter)
        }
        await simulator.stop()
        return result
    }

    private static func address(_ strap: Int) -> String { "C4:11:22:33:44:\(10 + strap)" }

    private var environment: [String: String] {
        (0..<Self.straps).reduce(into: ["DBUS_SYSTEM_BUS_ADDRESS": busAddress]) {
            $0["TOKEN_\($1)"] = "token-of-strap-\($1)"
        }
    }

    private func configuration(straps: Int, port: Int) -> String {
        let entries = (0..<straps).map { strap in
            """
              - name: strap-\(strap)
                address: "\(Self.address(strap))"
                destinations:
                  - service: pulsoid
                    token_environment: TOKEN_\(strap)

            """
        }
        return "straps:\n" + entries.joined() + """
            services:
              pulsoid:
                address: http://127.0.0.1:\(port)
                requests_per_second: 0
            outbox:
              path: \(folder)/queue.sqlite
              durability: power-loss
            clock:
              wait_seconds: 0
            log:
              level: warning

            """
    }
}
