import FoundationEssentials
import Timing

/// One program that starts with a backlog, and a sink that takes it.
struct BacklogTrial: Sendable {
    var keeper: BacklogKeeper
    /// The folder of the program's files; it is emptied first.
    var folder: String
    /// The bus that stands for the system bus.
    var busAddress: String

    /// How long it may take beside what its limit makes it take.
    private static let patience: Duration = .seconds(300)

    func run() async throws -> BacklogResult {
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await keeper.fill(folder)
        return try await Sink.running { sink in
            try await BenchStrap.running(address: Contestant.strapAddress, busAddress: busAddress) { _ in
                let process = try keeper.process(in: folder, port: sink.port, busAddress: busAddress)
                let start = ContinuousClock.now
                return try await process.running { meter in
                    let requests = try await arriveAll(at: sink)
                    return BacklogResult(
                        name: keeper.name, readings: keeper.readings, requests: requests, wall: .now - start,
                        cpu: try meter.cpu(), memory: try meter.memory())
                }
            }
        }
    }

    /// Returns once every reading is there, with the number of requests that brought them.
    private func arriveAll(at sink: Sink) async throws -> Int {
        var limit = Self.patience
        if case .pulsoid(let requestsPerSecond) = keeper.kind, requestsPerSecond > 0 {
            limit += .seconds(keeper.readings) / requestsPerSecond
        }
        do {
            return try await withTimeout(limit) {
                var (arrived, requests) = (0, 0)
                for await arrival in sink.arrivals {
                    arrived += arrival.readings
                    requests += 1
                    if arrived >= keeper.readings { break }
                }
                guard arrived == keeper.readings else {
                    throw BenchError("\(keeper.name): \(arrived) readings arrived of \(keeper.readings)")
                }
                return requests
            }
        } catch is TimedOut {
            throw BenchError("\(keeper.name): not all of \(keeper.readings) readings arrived within \(limit)")
        }
    }
}
