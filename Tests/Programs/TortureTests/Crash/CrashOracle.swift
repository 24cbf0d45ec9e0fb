import HeartRate
import Outbox

/// Holds what has arrived against what was received.
///
/// *Received* is a reading that the outbox has committed. A notification over the air is acknowledged by nobody who knows
/// what became of it, so one that the uploader had not committed when it was killed is as lost as one that it never heard;
/// but it may only be missing from the end of a life: what came before another that was kept is kept as well.
struct CrashOracle {
    /// What must have arrived at a lane, in this order.
    private struct Obligations {
        let times: [Int64]
        /// What was measured at each time, in order.
        let rates: [Int64: [Int]]
        /// The most readings that a lane holds in memory: as far may one overtake another, and as many may come again.
        let window: Int

        /// Whether it is the mean of what was measured then, or of some of it that stands together: then it is counted.
        func isRight(_ item: TorturedServer.Item, _ parted: inout Int) -> Bool {
            let all = rates[item.time] ?? []
            if CrashOracle.mean(all[...]) == item.rate { return true }
            let isPart = all.indices.contains { first in
                (first..<all.count).contains { CrashOracle.mean(all[first...$0]) == item.rate }
            }
            if isPart { parted += 1 }
            return isPart
        }
    }

    /// Rounded as Cardiogram is sent it.
    private static func mean(_ rates: ArraySlice<Int>) -> Double {
        (Double(rates.reduce(0, +)) / Double(rates.count) * 100).rounded() / 100
    }

    /// What can be under way when the uploader dies, or is sent before the bus tells of its death: half a second's
    /// notifications. More is no end of a life but the loss of it.
    private static let mostUnderWay = 20

    private(set) var problems: [String] = []
    private(set) var received = 0
    /// Came again because the answer was lost, and because the uploader was killed.
    private(set) var repeatedUnanswered = 0
    private(set) var repeatedAfterKill = 0
    private(set) var overtaking = 0
    /// Beats of some of a second's readings: one that came into the outbox later than `DeliveryWindow.arrivalGrace` after its
    /// second, as on a machine that has stalled, makes another beat of it.
    private(set) var parted = 0
    /// Notifications that were under way at the kills.
    private(set) var lostInFlight = 0

    // MARK: Straps to outbox

    mutating func check(_ readings: [Reading], of strap: String, lives: [CountedBeats.Life]) {
        received += readings.count
        let numbers = readings.map { Int($0.measurement.rrIntervals.first ?? 0) }
        if numbers != numbers.sorted() || Set(numbers).count != numbers.count {
            problems.append("\(strap): the outbox has readings twice or out of order")
        }
        for life in lives where life.end > life.begin {
            let kept = numbers.filter { life.begin < $0 && $0 <= life.end }
            let lost = life.end - life.begin - kept.count
            lostInFlight += lost
            if lost > Self.mostUnderWay {
                problems.append("\(strap): of \(life.begin + 1)…\(life.end) the outbox lacks the last \(lost)")
            }
            guard let last = kept.last, kept != Array(life.begin + 1...last) else { continue }
            problems.append("\(strap): of \(life.begin + 1)…\(life.end) the outbox has \(kept)")
        }
    }

    // MARK: Outbox to services

    mutating func check(_ arrivals: [TorturedServer.Arrival], in lane: Lane, of readings: [Reading]) {
        let owed = lane.destination == "pulsoid" ? Self.rates(readings) : Self.beats(readings)
        let places = Dictionary(uniqueKeysWithValues: owed.times.enumerated().map { ($1, $0) })
        var last: [Int64: TorturedServer.Arrival] = [:]
        var next = 0
        var repeatedInLife: [Int: Int] = [:]
        for arrival in arrivals where arrival.lane == lane {
            for item in arrival.items {
                guard let place = places[item.time], owed.isRight(item, &parted) else {
                    problems.append("\(lane): \(item.rate) at \(item.time) is not what was received")
                    continue
                }
                if let before = last.updateValue(arrival, forKey: item.time) {
                    repeated(item, before, arrival, &repeatedInLife)
                    continue
                }
                while next < owed.times.count, last[owed.times[next]] != nil { next += 1 }
                if place > next { overtaking += 1 }
                if place - next >= owed.window {
                    problems.append("\(lane): \(item.time) came \(place - next) too early")
                }
            }
        }
        let missing = owed.times.filter { last[$0] == nil }
        if !missing.isEmpty { problems.append("\(lane): \(missing.count) never came, the first \(missing[0])") }
        for (life, count) in repeatedInLife where count >= owed.window {
            problems.append("\(lane): life \(life) repeated \(count) that were answered")
        }
    }

    private mutating func repeated(
        _ item: TorturedServer.Item, _ before: TorturedServer.Arrival, _ again: TorturedServer.Arrival,
        _ repeatedInLife: inout [Int: Int]
    ) {
        if !before.wasAnswered {
            repeatedUnanswered += 1
        } else if before.life < again.life {
            repeatedAfterKill += 1
            repeatedInLife[again.life, default: 0] += 1
        } else {
            problems.append("\(again.lane): \(item.time) came again in life \(again.life), though it was answered")
        }
    }

    /// The times of what is owed and has not come.
    static func missing(
        from arrivals: [TorturedServer.Arrival], in lane: Lane, of readings: [Reading]
    ) -> Set<Int64> {
        let owed = lane.destination == "pulsoid" ? rates(readings) : beats(readings)
        return Set(owed.times).subtracting(arrivals.lazy.filter { $0.lane == lane }.flatMap(\.items).map(\.time))
    }

    private static func rates(_ readings: [Reading]) -> Obligations {
        let times = readings.map(\.measuredAtMilliseconds)
        let rates = zip(times, readings.map { [Int($0.measurement.beatsPerMinute)] })
        // 2 × 8 requests of one reading, and one more: `DeliveryWindow.capacity`
        return Obligations(times: times, rates: Dictionary(rates) { $1 }, window: 17)
    }

    /// One beat for each second.
    private static func beats(_ readings: [Reading]) -> Obligations {
        let bySecond = Dictionary(grouping: readings) { $0.measuredAtMilliseconds / 1000 }
        let rates = bySecond.mapValues { $0.map { Int($0.measurement.beatsPerMinute) } }
        // 2 × 2 requests of so many beats, and one more
        return Obligations(times: rates.keys.sorted(), rates: rates, window: 5 * CrashStage.beatsPerRequest)
    }
}
