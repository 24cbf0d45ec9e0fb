package import HeartRate
import Outbox
import Timing

/// A reading to be sent, and when.
package struct TimedReading: Sendable, Equatable {
    /// The name of the strap.
    package let strap: String
    package let measurement: HeartRateMeasurement
    /// Counted from the start; zero where it does not matter.
    let due: Duration
    /// The time of measurement to send, since the Unix epoch; nil sends the moment at which it is due.
    package let measuredAtMilliseconds: Int64?
}

/// Readings that are due, by strap, with the times that they are sent with.
struct ReadingBatch {
    let time: any TimeSource
    private(set) var count = 0
    private var readings: [String: [Reading]] = [:]
    private var moments: [String: UniqueTimestamps] = [:]

    init(time: any TimeSource) {
        self.time = time
    }

    mutating func add(_ item: TimedReading) {
        let now =
            item.measuredAtMilliseconds == nil
            ? moments[item.strap, default: UniqueTimestamps()].next(time.now()) : time.now()
        readings[item.strap, default: []].append(
            Reading(
                strap: item.strap, measurement: item.measurement,
                measuredAtMilliseconds: item.measuredAtMilliseconds ?? now.wallMilliseconds,
                bootMilliseconds: now.bootMilliseconds))
        count += 1
    }

    mutating func take() -> [String: [Reading]] {
        defer { (readings, count) = ([:], 0) }
        return readings
    }
}
