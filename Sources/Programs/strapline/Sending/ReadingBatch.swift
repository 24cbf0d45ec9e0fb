import Outbox
import Timing

/// Readings that are due, by strap, with the times that they are sent with.
struct ReadingBatch {
    let time: any TimeSource
    private(set) var count = 0
    private var readings: [String: [Reading]] = [:]
    private var moments: [String: DistinctMoments] = [:]

    init(time: any TimeSource) {
        self.time = time
    }

    mutating func add(_ item: TimedReading) {
        let now =
            item.measuredAtMilliseconds == nil
            ? moments[item.strap, default: DistinctMoments()].next(time.now()) : time.now()
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
