import BlueZSimulator
import FoundationEssentials
import HeartRate
import Timing

/// A strap worn for some time by each of several programs at once, each with a file system of its own. Counts the bytes
/// that reach the block device below it.
struct CardTrial: Sendable {
    /// What the kernel writes late is written by then, and the first minute's files have been made.
    private static let warmUpMinutes = 1
    private static let patience: Duration = .seconds(30)

    /// The programs and their folders.
    var wearers: [CardWearer]
    /// The bus that stands for the system bus.
    var busAddress: String

    /// One reading a second for each, in real time: the kernel's own timers are part of the measurement.
    func worn(minutes: Int) async throws -> [CardResult] {
        let simulator = try await Simulator.start(on: busAddress)
        for wearer in wearers {
            await simulator.add(SimulatedStrap(address: wearer.strapAddress, name: "Strap \(wearer.name)"))
            try await BenchStrap.introduce(wearer.strapAddress, on: busAddress)
        }
        let results = try await Sink.running { sink in
            // Drops the arrivals until this ends.
            async let _: Void = { for await _ in sink.arrivals {} }()
            return try await running(wearers[...], sink: sink) { try await measure(minutes, simulator) }
        }
        await simulator.stop()
        return results
    }

    /// Runs the first of them around the others.
    private func running(
        _ remaining: ArraySlice<CardWearer>, sink: Sink,
        _ body: @escaping @Sendable () async throws -> [CardResult]
    ) async throws -> [CardResult] {
        guard let wearer = remaining.first else { return try await body() }
        return try await wearer.process(port: sink.port, busAddress: busAddress).running { _ in
            try await running(remaining.dropFirst(), sink: sink, body)
        }
    }

    private func measure(_ minutes: Int, _ simulator: Simulator) async throws -> [CardResult] {
        try await withTimeout(Self.patience) {
            try await simulator.until { $0.straps.values.allSatisfy(\.isSubscribed) }
        }
        let devices = try wearers.map { try BlockDevice(of: $0.folder) }
        let start = ContinuousClock.now
        try await beat(minutes: 0..<Self.warmUpMinutes, since: start, simulator)
        var marks = [try devices.map { try $0.bytesWritten() }]
        for minute in Self.warmUpMinutes..<Self.warmUpMinutes + minutes {
            try await beat(minutes: minute..<minute + 1, since: start, simulator)
            marks.append(try devices.map { try $0.bytesWritten() })
        }
        return wearers.indices.map { index in
            CardResult(
                name: wearers[index].name,
                bytesPerMinute: zip(marks, marks.dropFirst()).map { $1[index] - $0[index] })
        }
    }

    private func beat(minutes: Range<Int>, since start: ContinuousClock.Instant, _ simulator: Simulator) async throws {
        for second in minutes.lowerBound * 60..<minutes.upperBound * 60 {
            try await Task.sleep(until: start + .seconds(second))
            let measurement = HeartRateMeasurement(
                beatsPerMinute: UInt16(60 + second % 100), contact: .detected, rrIntervals: [820])
            for wearer in wearers {
                guard await simulator.notify(wearer.strapAddress, bytes: measurement.encoded()) != nil else {
                    throw BenchError("\(wearer.name) does not listen any more")
                }
            }
        }
    }
}
