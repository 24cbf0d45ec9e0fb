import HeartRate
import Outbox
import TestKit
import Timing

@testable import Delivery

/// Plays outbox and clock to a machine, and keeps what it asked for.
struct MachineRig {
    var machine: DeliveryMachine
    var now: Duration = .zero
    /// Milliseconds since boot and since the epoch alike, at ``now`` zero.
    var startMilliseconds: Int64 = 1_000_000
    /// What the outbox holds.
    var log: [OutboxEntry] = []
    private(set) var cursor: Int64 = 0
    /// Requests that wait for their answer, oldest first.
    private(set) var inFlight: [(request: Int, entries: [OutboxEntry])] = []
    private(set) var setAside: [Int64: String] = [:]
    private(set) var notices: [DeliveryNotice] = []
    private(set) var wakes: [Duration] = []
    private(set) var isFinished = false
    /// The deferred readings, newest last; a test drains them.
    private(set) var gaps: [[OutboxEntry]] = []
    /// The newest reading that there was when the last request went off.
    private(set) var newestWhenSent: Int64?
    /// Readings that were too old.
    private(set) var expired = 0
    private var reads: [(after: Int64, limit: Int, waits: Bool)] = []
    private var nextID: Int64 = 1

    init(_ limits: DestinationLimits, backlog: BacklogPolicy = BacklogPolicy(), seed: UInt64 = 1) {
        machine = DeliveryMachine(
            cursor: 0, limits: limits, backlog: backlog, randomNumbers: SplitMix64(seed: seed))
    }

    var milliseconds: Int64 { startMilliseconds + Int64(now / .milliseconds(1)) }
    var ratesInFlight: [[UInt16]] { inFlight.map { $0.entries.map(\.reading.measurement.beatsPerMinute) } }

    mutating func start() {
        handle(.wake)
    }

    /// A reading arrives now. Its id leaves gaps, as those of other straps do.
    mutating func append(_ bpm: UInt16, measuredAtMilliseconds: Int64? = nil, bootMilliseconds: Int64? = nil) {
        let reading = Reading(
            strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: bpm),
            measuredAtMilliseconds: measuredAtMilliseconds ?? milliseconds,
            bootMilliseconds: bootMilliseconds ?? milliseconds)
        log.append(OutboxEntry(id: nextID, reading: reading))
        nextID += 1 + nextID % 2
        answerRead()
    }

    mutating func append(_ rates: some Sequence<UInt16>) {
        for bpm in rates { append(bpm) }
    }

    /// Answers the oldest request, or the one at this place.
    mutating func answer(_ outcome: DeliveryOutcome, at place: Int = 0) {
        handle(.answered(request: inFlight.remove(at: place).request, outcome))
    }

    /// Lets time pass, and wakes the machine whenever it asked for it.
    mutating func advance(by duration: Duration) {
        let end = now + duration
        while let wake = wakes.min(), wake <= end {
            now = wake
            wakes.removeAll { $0 <= wake }
            handle(.wake)
        }
        now = end
    }

    mutating func drain() {
        handle(.drain)
    }

    /// The process dies and starts again: only the cursor is left.
    mutating func crash(seed: UInt64) {
        machine = DeliveryMachine(
            cursor: cursor, limits: machine.limits, backlog: machine.backlog, randomNumbers: SplitMix64(seed: seed)
        )
        inFlight.removeAll()
        wakes.removeAll()
        reads.removeAll()
        start()
    }

    private mutating func handle(_ event: DeliveryMachine.Event) {
        for action in machine.handle(event, now: now) {
            switch action {
            case .read(let after, let limit, let waits): reads.append((after, limit, waits))
            case .send(let request, let entries):
                inFlight.append((request, entries))
                newestWhenSent = log.last?.id
            case .setAside(let ids, let reason): for id in ids { setAside[id] = reason }
            case .acknowledge(let id): cursor = max(cursor, id)
            case .skipExpired(let count): expired += count
            case .restart(let done): restart(done: done)
            case .wake(let at): wakes.append(at)
            case .notify(let notice): notices.append(notice)
            case .finish: isFinished = true
            }
        }
        answerRead()
    }

    /// Does as the outbox does.
    private mutating func restart(done: [Int64]) {
        let behind = log.filter { $0.id > cursor }
        var position = cursor
        if machine.backlog.order == .newestFirst, behind.count > machine.limits.readingsPerRequest {
            let length = max(1, machine.limits.keepTogetherMilliseconds)
            let newest = behind[behind.count - 1].reading.measuredAtMilliseconds / length
            let rest = behind.prefix(behind.count - 1).filter {
                length == 1 || $0.reading.measuredAtMilliseconds / length != newest
            }
            position = max(rest.last?.id ?? cursor, done.last ?? 0)
            gaps.append(behind.filter { $0.id <= position && !done.contains($0.id) })
        } else if machine.backlog.order == .inOrder, let maximumAge = machine.backlog.maximumAge {
            let limit = milliseconds - Int64(maximumAge / .milliseconds(1))
            let old = behind.prefix { end(of: $0) < limit }
            expired += old.count
            position = old.last?.id ?? cursor
        }
        cursor = position
        handle(.restarted(after: position))
    }

    private func end(of entry: OutboxEntry) -> Int64 {
        let length = max(1, machine.limits.keepTogetherMilliseconds)
        let time = entry.reading.measuredAtMilliseconds
        return time + length - 1 - time % length
    }

    private var moment: Moment { Self.moment(milliseconds) }

    static func moment(_ milliseconds: Int64) -> Moment {
        Moment(wallMilliseconds: milliseconds, bootMilliseconds: milliseconds)
    }

    static func reading(_ bpm: UInt16, milliseconds: Int64) -> Reading {
        Reading(
            strap: "chest", measurement: HeartRateMeasurement(beatsPerMinute: bpm),
            measuredAtMilliseconds: milliseconds, bootMilliseconds: milliseconds)
    }

    /// The deferred readings are delivered out of band.
    mutating func takeGaps() -> [OutboxEntry] {
        defer { gaps.removeAll() }
        return gaps.flatMap { $0 }
    }

    private mutating func answerRead() {
        while let place = reads.firstIndex(where: { !$0.waits || $0.after < log.last?.id ?? 0 }) {
            let read = reads.remove(at: place)
            let found = log.suffix(log.reversed().prefix { $0.id > read.after }.count)
            let entries = LaneEntries(
                entries: Array(found.prefix(read.limit)), reachesNewest: found.count <= read.limit)
            handle(.read(entries, after: read.after, waited: read.waits, at: moment))
        }
    }
}
