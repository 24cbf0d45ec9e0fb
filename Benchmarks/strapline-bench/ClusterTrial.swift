import Timing

/// Everything that is measured of hubs over one database, which are started once for each load.
struct ClusterTrial: Sendable {
    /// Readings that are written at the same time, by as many people.
    private static let burst = 8
    private static let warmUpRounds = 20
    /// Of each hub.
    private static let writersPerHub = 64
    /// At the pace: this often all writers write once. One address may have 128 connections before their first request,
    /// so 5,000 writes a second come from 100.
    private static let tick: Duration = .milliseconds(20)
    private static let ticksPerSecond = 50
    private static let paceReaders = 3
    /// Hubs that together have the whole pace. A commit costs the database the same with one write as with many, so
    /// one hub alone has a third of it: its groups are as large.
    private static let paceHubs = 3
    /// How long one round may take.
    private static let patience: Duration = .seconds(30)

    var name: String
    var servers: [BroadcastServer]
    /// Nil for SQLite, which works in the hub.
    var engine: PostgresMeter?
    var seconds: Int
    var readers: Int
    var pace: Int

    private var writers: Int { Self.writersPerHub * servers.count }

    func run() async throws -> ClusterResult {
        print("  \(readers) readers")
        let fanout = try await measureFanout()
        print("  \(writers) connections write")
        let writes = try await measureWrites()
        print("  \(pace * servers.count / Self.paceHubs) writes a second")
        return ClusterResult(name: name, fanout: fanout, writes: writes, paced: try await measurePace())
    }

    private func measureFanout() async throws -> HubResult.Fanout {
        try await running { meters in
            try await LoadGenerator.running(all: servers, readers: readers, writers: Self.burst) { load in
                for _ in 0..<Self.warmUpRounds { try await round(Self.burst, load) }
                let (cpu, start) = (try meters.cpu(), ContinuousClock.now)
                var rounds = 0
                while .now - start < .seconds(seconds) {
                    try await round(Self.burst, load)
                    rounds += 1
                }
                return HubResult.Fanout(
                    readers: readers, deliveries: rounds * Self.burst * readers, cpu: try meters.cpu() - cpu,
                    wall: .now - start)
            }
        }
    }

    private func measureWrites() async throws -> HubResult.Writes {
        try await running { meters in
            try await LoadGenerator.running(all: servers, readers: 0, writers: writers) { load in
                _ = try await load.write(for: .seconds(1))
                let cpu = try meters.cpu()
                let start = ContinuousClock.now
                let answers = try await load.write(for: .seconds(seconds))
                return HubResult.Writes(
                    writers: writers, answers: answers, cpu: try meters.cpu() - cpu, wall: .now - start)
            }
        }
    }

    /// The time from a write to its last reader.
    private func measurePace() async throws -> ClusterResult.Paced {
        let count = pace * servers.count / Self.paceHubs / Self.ticksPerSecond
        return try await running { _ in
            try await LoadGenerator.running(all: servers, readers: Self.paceReaders, writers: count) { load in
                for _ in 0..<Self.warmUpRounds { try await round(count, load) }
                _ = try await load.takeLatencies()
                let engineCPU = try engine?.cpu()
                let start = ContinuousClock.now
                for tick in 1...(seconds * Self.ticksPerSecond) {
                    try await Task.sleep(until: start + Self.tick * tick, tolerance: .zero)
                    try await round(count, load)
                }
                let wall = ContinuousClock.now - start
                return ClusterResult.Paced(
                    writes: seconds * Self.ticksPerSecond * count, wall: wall,
                    engineCPU: try engineCPU.map { before in (try engine?.cpu() ?? before) - before },
                    latencies: try await load.takeLatencies())
            }
        }
    }

    private func running<Result: Sendable>(
        _ body: @escaping @Sendable ([ProcessMeter]) async throws -> Result
    ) async throws -> Result {
        try await running(servers[...], [], body)
    }

    private func running<Result: Sendable>(
        _ rest: ArraySlice<BroadcastServer>, _ meters: [ProcessMeter],
        _ body: @escaping @Sendable ([ProcessMeter]) async throws -> Result
    ) async throws -> Result {
        guard let server = rest.first else { return try await body(meters) }
        return try await server.running { try await running(rest.dropFirst(), meters + [$0], body) }
    }

    private func round(_ count: Int, _ load: LoadControl) async throws {
        do {
            try await withTimeout(Self.patience) { try await load.write(count) }
        } catch is TimedOut {
            throw BenchError("\(name) did not send every reader every message within \(Self.patience)")
        }
    }
}

extension [ProcessMeter] {
    /// Of all hubs.
    fileprivate func cpu() throws -> Duration {
        try reduce(.zero) { try $0 + $1.cpu() }
    }
}
