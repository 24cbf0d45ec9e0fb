import BlueZSimulator
import HeartRate
import Synchronization

/// Counts what the simulated straps send, as it is sent.
final class SentRates: Sendable {
    // Written by the simulator's thread with each measurement, read at the end.
    private let rates = Mutex<[String: [Int]]>([:])

    func add(_ sent: SentMeasurement) {
        guard let measurement = try? HeartRateMeasurement(decoding: sent.bytes), measurement.isHeartRate else { return }
        rates.withLock { $0[sent.strapAddress, default: []].append(Int(measurement.beatsPerMinute)) }
    }

    var count: Int { rates.withLock { $0.values.reduce(0) { $0 + $1.count } } }

    func rates(of strapAddress: String) -> [Int] {
        rates.withLock { $0[strapAddress] ?? [] }
    }
}
