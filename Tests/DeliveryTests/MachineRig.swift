import HeartRate
import Outbox
import TestKit

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
    private var read: (after: Int64, limit: Int, waits: Bool)?
    private var nextID: Int64 = 1

    init(_ limits: DestinationLimits, seed: UInt64 = 1) {
        machine = DeliveryMachine(cursor: 0, limits: limits, randomNumbers: SeededGenerator(seed: seed))
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
            cursor: cursor, limits: machine.limits, randomNumbers: SeededGenerator(seed: seed))
        inFlight.removeAll()
        wakes.removeAll()
        read = nil
        start()
    }

    private mutating func handle(_ event: DeliveryMachine.Event) {
        for action in machine.handle(event, now: now) {
            switch action {
            case .read(let after, let limit, let waits): read = (after, limit, waits)
            case .send(let request, let entries): inFlight.append((request, entries))
            case .setAside(let ids, let reason): for id in ids { setAside[id] = reason }
            case .acknowledge(let id): cursor = max(cursor, id)
            case .wake(let at): wakes.append(at)
            case .notify(let notice): notices.append(notice)
            case .finish: isFinished = true
            }
        }
        answerRead()
    }

    private mutating func answerRead() {
        guard let read else { return }
        let found = log.suffix(log.reversed().prefix { $0.id > read.after }.count)
        guard !found.isEmpty || !read.waits else { return }
        self.read = nil
        let entries = LaneEntries(
            entries: Array(found.prefix(read.limit)), reachesNewest: found.count <= read.limit)
        handle(.read(entries, waited: read.waits, bootMilliseconds: milliseconds))
    }
}
