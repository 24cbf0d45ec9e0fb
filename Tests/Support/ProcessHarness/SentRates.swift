package import BlueZSimulator
import HeartRate
import Synchronization

/// The heart rates that the simulated straps have sent.
package final class SentRates: Sendable {
    // The simulator's thread adds to it; tests read it.
    private let rates = Mutex<[String: [Int]]>([:])

    package init() {}

    package func add(_ sent: SentMeasurement) {
        guard let measurement = try? HeartRateMeasurement(decoding: sent.bytes), measurement.isHeartRate else { return }
        rates.withLock { $0[sent.strapAddress, default: []].append(Int(measurement.beatsPerMinute)) }
    }

    package var count: Int { rates.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    package func rates(of strapAddress: String) -> [Int] {
        rates.withLock { $0[strapAddress] ?? [] }
    }
}
