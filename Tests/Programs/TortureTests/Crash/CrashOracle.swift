import HeartRate
import Outbox

/// Compares the arrived readings with the received readings.
///
/// *Received* is a reading that the outbox has committed. A strap gets no answer to a notification, so a notification
/// that was not committed at the kill is lost like one that was never heard. But it may only be missing from the end of
/// a life: every reading before a kept one is kept too.
struct CrashOracle {
    /// The readings that must arrive at a lane, in this order.
    private struct Obligations {
        let times: [Int64]
        /// The rates that were measured at each time, in order.
        let rates: [Int64: [Int]]
        /// The most readings that a lane holds in memory: the limit for overtaking and for repeats.
        let window: Int
    }

    /// How far the readings of one second have come.
    ///
    /// A second is parted if one of its readings came into the outbox later than `DeliveryWindow.arrivalGrace` after
    /// it: the second's beat was on its way by then, and the late readings make a beat of their own. So a beat begins
    /// where answered beats end. After a kill it may also begin where any beat has begun. A beat without an answer is
    /// sent again, and may then end later.
    private struct Parts {
        private let rates: [Int]
        /// Where the next beat may begin: several places if several beats have equal means.
        private var starts: Set<Int> = [0]
        /// Where a beat may begin after a kill.
        private var ends: Set<Int> = [0]
        private var life: Int?

        init(_ rates: [Int]) {
            self.rates = rates
        }

        enum Verdict {
            /// It is all of the second, or its next part, or an earlier one again after a kill or without an answer.
            case right(isPart: Bool, isAgain: Bool)
            /// It came before, was answered, and the uploader has not been killed since.
            case repeated
            /// It is no mean of readings that stand together.
            case wrong
        }

        var isComplete: Bool { ends.contains(rates.count) }

        mutating func take(_ rate: Double, inLife life: Int, wasAnswered: Bool) -> Verdict {
            if life != self.life { starts = ends }
            self.life = life
            let found = starts.flatMap { start in
                rates.indices.filter { $0 >= start && CrashOracle.mean(rates[start...$0]) == rate }.map {
                    start..<$0 + 1
                }
            }
            guard !found.isEmpty else {
                let isPart = rates.indices.contains { start in
                    rates.indices.contains { $0 >= start && CrashOracle.mean(rates[start...$0]) == rate }
                }
                return isPart ? .repeated : .wrong
            }
            starts = Set(found.map { wasAnswered ? $0.upperBound : $0.lowerBound })
            ends.formUnion(found.map(\.upperBound))
            return .right(
                isPart: !found.contains(0..<rates.count), isAgain: found.contains { $0.lowerBound == 0 })
        }
    }

    /// Rounded like the beats for Cardiogram.
    private static func mean(_ rates: ArraySlice<Int>) -> Double {
        (Double(rates.reduce(0, +)) / Double(rates.count) * 100).rounded() / 100
    }

    /// The most notifications that can be under way when the uploader dies, or before the bus reports its death: five
    /// seconds of them, for which a busy machine may stop a program. More is a loss.
    private static let mostUnderWay = 200

    private(set) var problems: [String] = []
    private(set) var received = 0
    /// Sent again because the answer was lost, and because the uploader was killed.
    private(set) var repeatedUnanswered = 0
    private(set) var repeatedAfterKill = 0
    private(set) var overtaking = 0
    /// Beats from a part of a second's readings. A reading that reaches the outbox later than
    /// `DeliveryWindow.arrivalGrace` after its second, as on a machine that has stalled, makes another beat.
    private(set) var parted = 0
    /// Notifications in flight at the kills.
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
        let owed = Self.owed(to: lane, of: readings)
        let places = Dictionary(uniqueKeysWithValues: owed.times.enumerated().map { ($1, $0) })
        var parts = owed.rates.mapValues(Parts.init)
        var last: [Int64: TorturedServer.Arrival] = [:]
        var next = 0
        var repeatedInLife: [Int: Int] = [:]
        for arrival in arrivals where arrival.lane == lane {
            for item in arrival.items {
                let verdict = parts[item.time]?.take(
                    item.rate, inLife: arrival.life, wasAnswered: arrival.wasAnswered)
                let before = last.updateValue(arrival, forKey: item.time)
                switch verdict {
                case .right(let isPart, let isAgain):
                    if isPart { parted += 1 }
                    if let before {
                        if isAgain || !before.wasAnswered { repeated(before, arrival, &repeatedInLife) }
                        continue
                    }
                case .repeated:
                    problems.append("\(lane): \(item.time) came again in life \(arrival.life), though it was answered")
                    continue
                case .wrong, nil:
                    problems.append("\(lane): \(item.rate) at \(item.time) was not received")
                    continue
                }
                while next < owed.times.count, last[owed.times[next]] != nil { next += 1 }
                guard let place = places[item.time], place > next else { continue }
                overtaking += 1
                if place - next >= owed.window {
                    problems.append("\(lane): \(item.time) came \(place - next) too early")
                }
            }
        }
        let missing = owed.times.filter { parts[$0]?.isComplete != true }
        if !missing.isEmpty { problems.append("\(lane): \(missing.count) never came, the first \(missing[0])") }
        for (life, count) in repeatedInLife where count >= owed.window {
            problems.append("\(lane): life \(life) repeated \(count) that were answered")
        }
    }

    private mutating func repeated(
        _ before: TorturedServer.Arrival, _ again: TorturedServer.Arrival, _ repeatedInLife: inout [Int: Int]
    ) {
        if before.wasAnswered {
            repeatedAfterKill += 1
            repeatedInLife[again.life, default: 0] += 1
        } else {
            repeatedUnanswered += 1
        }
    }

    /// The times of which a reading has not arrived.
    static func missing(
        from arrivals: [TorturedServer.Arrival], in lane: Lane, of readings: [Reading]
    ) -> Set<Int64> {
        var parts = owed(to: lane, of: readings).rates.mapValues(Parts.init)
        for arrival in arrivals where arrival.lane == lane {
            for item in arrival.items {
                _ = parts[item.time]?.take(item.rate, inLife: arrival.life, wasAnswered: arrival.wasAnswered)
            }
        }
        return Set(parts.lazy.filter { !$0.value.isComplete }.map(\.key))
    }

    private static func owed(to lane: Lane, of readings: [Reading]) -> Obligations {
        lane.destination == "pulsoid" ? rates(readings) : beats(readings)
    }

    private static func rates(_ readings: [Reading]) -> Obligations {
        let times = readings.map(\.measuredAtMilliseconds)
        let rates = zip(times, readings.map { [Int($0.measurement.beatsPerMinute)] })
        // 2 × 8 requests of one reading, and one more: `DeliveryWindow.capacity`.
        return Obligations(times: times, rates: Dictionary(rates) { $1 }, window: 17)
    }

    /// One beat for each second.
    private static func beats(_ readings: [Reading]) -> Obligations {
        let bySecond = Dictionary(grouping: readings) { $0.measuredAtMilliseconds / 1000 }
        let rates = bySecond.mapValues { $0.map { Int($0.measurement.beatsPerMinute) } }
        // 2 × 2 requests of this many beats, and one more.
        return Obligations(times: rates.keys.sorted(), rates: rates, window: 5 * CrashStage.beatsPerRequest)
    }
}
