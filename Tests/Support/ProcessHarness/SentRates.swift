package import BlueZSimulator
import HeartRate
import Synchronization

/// The heart rates that the simulated straps have sent.
package final class SentRates: Sendable {
    // The simulator's thread adds to it; tests read it.
    private let measurements = Mutex<[String: [HeartRateMeasurement]]>([:])

    package init() {}

    package func add(_ sent: SentMeasurement) {
        guard let measurement = try? HeartRateMeasurement(decoding: sent.bytes), measurement.isHeartRate else { return }
        measurements.withLock { $0[sent.strapAddress, default: []].append(measurement) }
    }

    package var count: Int { measurements.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    package func rates(of strapAddress: String) -> [Int] {
        measurements.withLock { ($0[strapAddress] ?? []).map { Int($0.beatsPerMinute) } }
    }

    /// The RR intervals of each heart rate.
    package func intervals(of strapAddress: String) -> [[UInt16]] {
        measurements.withLock { ($0[strapAddress] ?? []).map(\.rrIntervals) }
    }
}
