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
        var result = HubResult(
            name: server.name, writes: [], fanouts: [], latencies: [], latencyReaders: latencyReaders, idleReaders: 0,
            idleKibibytes: 0)
        for count in writers {
            print("  \(count) connections write")
            result.writes.append(try await measureWrites(count))
        }
        for count in readers {
            print("  \(count) readers")
            result.fanouts.append(try await measureFanout(count))
        }
        print("  latency at \(latencyReaders) readers")
        result.latencies = try await measureLatency()
        result.idleReaders = readers.max() ?? 0
        print("  \(result.idleReaders) idle readers")
        result.idleKibibytes = try await measureIdle(result.idleReaders)
        return result
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

    private func measureLatency() async throws -> [Duration] {
        try await server.running { _ in
            try await LoadGenerator.running(server, readers: latencyReaders, writers: 1) { load in
                for _ in 0..<Self.warmUpRounds { try await round(1, load) }
                _ = try await load.takeLatencies()
                let start = ContinuousClock.now
                for tick in 1...(.seconds(seconds) / Self.latencyInterval).wholes {
                    try await Task.sleep(until: start + Self.latencyInterval * tick, tolerance: .zero)
                    try await round(1, load)
                }
                return try await load.takeLatencies()
            }
        }
    }

    /// The private memory that so many readers take who are told nothing, in KiB.
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
            throw BenchError("\(server.name) did not tell every reader every message within \(Self.patience)")
        }
    }
}

extension Double {
    fileprivate var wholes: Int { Int(self) }
}
