import FoundationEssentials
import Timing

/// One program with a strap that beats once a second, and then goes away.
struct IdleTrial: Sendable {
    /// Until what the last change has brought about is done.
    private static let settlingSeconds = 15
    /// Readings before the first measurement, ten a second. The outbox's write-ahead log has its full length then:
    /// while it grows, each commit waits for the disk once more.
    private static let warmUpReadings = 200

    var wearer: CardWearer
    /// The bus that stands for the system bus.
    var busAddress: String
    var seconds: Int

    /// Measures while the strap is live and, if `withAbsence`, while it is away.
    func run(withAbsence: Bool) async throws -> [IdleResult] {
        try? FileManager.default.removeItem(atPath: wearer.folder)
        try FileManager.default.createDirectory(atPath: wearer.folder, withIntermediateDirectories: true)
        return try await Sink.running { sink in
            // Drops the arrivals until this ends.
            async let _: Void = { for await _ in sink.arrivals {} }()
            return try await BenchStrap.running(address: wearer.strapAddress, busAddress: busAddress) { strap in
                try await wearer.process(port: sink.port, busAddress: busAddress).running { meter in
                    try await strap.waitForSubscriber(within: Trial.startLimit)
                    try await beat(strap, Self.warmUpReadings, every: .milliseconds(100))
                    try await beat(strap, Self.settlingSeconds, every: .seconds(1))
                    var results = [
                        try await measured("\(wearer.name), live", meter) {
                            try await beat(strap, seconds, every: .seconds(1))
                        }
                    ]
                    guard withAbsence else { return results }
                    await strap.leave()
                    try await Task.sleep(for: .seconds(Self.settlingSeconds))
                    results.append(
                        try await measured("\(wearer.name), no strap", meter) {
                            try await Task.sleep(for: .seconds(seconds))
                        })
                    return results
                }
            }
        }
    }

    private func measured(
        _ name: String, _ meter: ProcessMeter, _ body: () async throws -> Void
    ) async throws -> IdleResult {
        let (cpu, wakeUps) = (try meter.cpu(), try meter.wakeUps())
        try await body()
        let after = try meter.wakeUps()
        return IdleResult(
            name: name, seconds: seconds, cpu: try meter.cpu() - cpu, wakeUps: after.since(wakeUps),
            threads: after.threads, memory: try meter.memory())
    }

    private func beat(_ strap: BenchStrap, _ readings: Int, every interval: Duration) async throws {
        let start = ContinuousClock.now
        for reading in 0..<readings {
            try await strap.notify(heartRate: UInt16(60 + reading % 100))
            try await Task.sleep(until: start + interval * (reading + 1), tolerance: .zero)
        }
    }
}
