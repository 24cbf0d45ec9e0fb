import Timing

/// Everything that is measured of one server, which is started once for each load.
struct HubTrial: Sendable {
    /// Readings that are written at the same time, by as many people.
    private static let burst = 8
    /// While latency is measured: ten people, a reading a second each.
    private static let latencyInterval: Duration = .milliseconds(100)
    private static let warmUpRounds = 20
    /// How long one round may take.
    private static let patience: Duration = .seconds(30)

    var server: BroadcastServer
    var seconds: Int
    var readers: [Int]
    var writers: [Int]
    var latencyReaders: Int

    func run() async throws -> HubResult {
        var writes: [HubResult.Writes] = []
        for count in writers {
            print("  \(count) connections write")
            writes.append(try await measureWrites(count))
        }
        var fanouts: [HubResult.Fanout] = []
        for count in readers {
            print("  \(count) readers")
            fanouts.append(try await measureFanout(count))
        }
        print("  latency at \(latencyReaders) readers")
        let (single, latencies) = try await measureLatency()
        let idleReaders = readers.max() ?? 0
        print("  \(idleReaders) idle readers")
        return HubResult(
            name: server.name, writes: writes, fanouts: fanouts, single: single, latencies: latencies,
            idleReaders: idleReaders, idleKibibytes: try await measureIdle(idleReaders))
    }

    private func measureWrites(_ count: Int) async throws -> HubResult.Writes {
        try await server.running { meter in
            try await LoadGenerator.running(server, readers: 0, writers: count) { load in
                _ = try await load.write(for: .seconds(1))
                let (cpu, start) = (try meter.cpu(), ContinuousClock.now)
                let answers = try await load.write(for: .seconds(seconds))
                return HubResult.Writes(
                    writers: count, answers: answers, cpu: try meter.cpu() - cpu, wall: .now - start)
            }
        }
    }

    private func measureFanout(_ count: Int) async throws -> HubResult.Fanout {
        try await server.running { meter in
            try await LoadGenerator.running(server, readers: count, writers: Self.burst) { load in
                for _ in 0..<Self.warmUpRounds { try await round(Self.burst, load) }
                let (cpu, start) = (try meter.cpu(), ContinuousClock.now)
                var rounds = 0
                while .now - start < .seconds(seconds) {
                    try await round(Self.burst, load)
                    rounds += 1
                }
                return HubResult.Fanout(
                    readers: count, deliveries: rounds * Self.burst * count, cpu: try meter.cpu() - cpu,
                    wall: .now - start)
            }
        }
    }

    private func measureLatency() async throws -> (HubResult.Fanout, [Duration]) {
        try await server.running { meter in
            try await LoadGenerator.running(server, readers: latencyReaders, writers: 1) { load in
                for _ in 0..<Self.warmUpRounds { try await round(1, load) }
                _ = try await load.takeLatencies()
                let (cpu, start) = (try meter.cpu(), ContinuousClock.now)
                for tick in 1...(.seconds(seconds) / Self.latencyInterval).wholes {
                    try await Task.sleep(until: start + Self.latencyInterval * tick, tolerance: .zero)
                    try await round(1, load)
                }
                let (used, wall) = (try meter.cpu() - cpu, ContinuousClock.now - start)
                let latencies = try await load.takeLatencies()
                let single = HubResult.Fanout(
                    readers: latencyReaders, deliveries: latencies.count, cpu: used, wall: wall)
                return (single, latencies)
            }
        }
    }

    /// The private memory of this number of idle readers, in KiB.
    private func measureIdle(_ count: Int) async throws -> Int {
        try await server.running { meter in
            // The first reader takes what all share.
            try await LoadGenerator.running(server, readers: 1, writers: 1) { try await round(1, $0) }
            let before = try meter.memory().anonymousKibibytes
            return try await LoadGenerator.running(server, readers: count, writers: 0) { _ in
                try meter.memory().anonymousKibibytes - before
            }
        }
    }

    private func round(_ count: Int, _ load: LoadControl) async throws {
        do {
            try await withTimeout(Self.patience) { try await load.write(count) }
        } catch is TimedOut {
            throw BenchError("\(server.name) did not send every reader every message within \(Self.patience)")
        }
    }
}

extension Double {
    fileprivate var wholes: Int { Int(self) }
}
