import BlueZSimulator
import FoundationEssentials
import HeartRate
import Timing

/// One `strapline run` with one strap that beats once a second, among devices that advertise all the time.
struct NearbyTrial: Sendable {
    enum Mode: String, CaseIterable, Sendable {
        case connect, broadcast
    }

    /// Until connections stand and caches are warm.
    private static let warmUpSeconds = 5
    /// Signals are sent in groups, so often a second.
    private static let groupsPerSecond = 50
    /// How long the last reading may take, and the start.
    private static let patience: Duration = .seconds(30)
    private static let token = "token"

    var program: String
    /// The folder of the program's files; it is emptied first.
    var folder: String
    /// The bus that stands for the system bus.
    var busAddress: String
    var mode: Mode
    var devices: Int
    var perSecond: Int
    var seconds: Int

    func run() async throws -> NearbyResult {
        try await Sink.running { sink in
            try await running(sink: sink) { simulator, meter in
                _ = try await advertise(for: Self.warmUpSeconds, simulator)
                let (cpu, start) = (try meter.cpu(), ContinuousClock.now)
                let signals = try await advertise(for: seconds, simulator)
                let (used, wall) = (try meter.cpu() - cpu, ContinuousClock.now - start)
                let measurements = await simulator.status.straps[Contestant.strapAddress]?.measurementsSent ?? 0
                return NearbyResult(
                    mode: mode, devices: devices, signals: signals, wall: wall, cpu: used, measurements: measurements,
                    readings: try await count(measurements, from: sink))
            }
        }
    }

    /// The strap measures once a second, and the other devices advertise. Returns how often they did.
    private func advertise(for seconds: Int, _ simulator: Simulator) async throws -> Int {
        let start = ContinuousClock.now
        let group = perSecond / Self.groupsPerSecond
        for tick in 0..<seconds * Self.groupsPerSecond {
            try await Task.sleep(until: start + .seconds(tick) / Self.groupsPerSecond, tolerance: .zero)
            await simulator.hearBystanders(group)
            guard tick.isMultiple(of: Self.groupsPerSecond) else { continue }
            guard await simulator.notify(Contestant.strapAddress) != nil else {
                throw BenchError("the strap is not listened to any more")
            }
        }
        return group * seconds * Self.groupsPerSecond
    }

    /// How many readings the sink is sent, until it is all of them or none comes any more.
    private func count(_ expected: Int, from sink: Sink) async throws -> Int {
        let arrived = Tally()
        _ = try? await withTimeout(Self.patience) {
            for await _ in sink.arrivals where await arrived.add() == expected { return }
        }
        return await arrived.count
    }

    private actor Tally {
        private(set) var count = 0

        func add() -> Int {
            count += 1
            return count
        }
    }

    // MARK: The program

    private func running<Result: Sendable>(
        sink: Sink, _ body: @escaping @Sendable (Simulator, ProcessMeter) async throws -> Result
    ) async throws -> Result {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let config = folder + "/strapline.yaml"
        try configuration(port: sink.port).write(toFile: config, atomically: false, encoding: .utf8)
        let simulator = try await Simulator.start(on: busAddress)
        await simulator.addBystanders(devices)
        var strap = SimulatedStrap(address: Contestant.strapAddress, name: "Bench Strap")
        strap.broadcasts = mode == .broadcast
        strap.beats = .constant(HeartRateMeasurement(beatsPerMinute: 72, contact: .detected, rrIntervals: [820]))
        await simulator.add(strap)
        let result = try await UploaderProcess(
            commandLine: [program, "run", "--config", config],
            environment: ["DBUS_SYSTEM_BUS_ADDRESS": busAddress, "TOKEN": Self.token]
        ).running { meter in
            try await withTimeout(Self.patience) {
                switch mode {
                case .connect: try await simulator.untilSubscribed(Contestant.strapAddress)
                case .broadcast: try await simulator.untilDiscovering()
                }
            }
            return try await body(simulator, meter)
        }
        await simulator.stop()
        return result
    }

    private func configuration(port: Int) -> String {
        """
        straps:
          - name: chest
            address: "\(Contestant.strapAddress)"
            mode: \(mode.rawValue)
            destinations:
              - service: pulsoid
                token_environment: TOKEN
        services:
          pulsoid:
            address: http://127.0.0.1:\(port)
            requests_per_second: 0
        outbox:
          path: \(folder)/queue.sqlite
        clock:
          wait_seconds: 0
        log:
          level: warning

        """
    }
}
