import Outbox
import Timing

/// The readings of a lane that are in memory, in order of arrival: read from the outbox and not yet passed by its
/// cursor.
///
/// A reading joins the last slot while it belongs to the same span; a slot leaves at the front when it is done.
struct DeliveryWindow {
    /// The most notifications that a strap sends in one span. More only fill the window sooner.
    static let readingsPerGroup = 4
    /// How long a reading may take from its strap into the outbox. A span stays open this much longer.
    static let arrivalGrace: Duration = .milliseconds(200)

    let limits: DestinationLimits
    private let maximumAge: Duration?
    private(set) var slots: [DeliverySlot] = []
    private(set) var entryCount = 0
    /// Where to read on.
    private(set) var lastReadID: Int64
    /// Whether the last slot holds the newest reading of the lane, as far as is known.
    private(set) var reachesNewest = false
    private var lastPart = 0
    /// Whether the last slot was given back. The window takes nothing until there is space for the whole of it.
    private var hasGivenBack = false

    init(after cursor: Int64, limits: DestinationLimits, maximumAge: Duration? = nil) {
        lastReadID = cursor
        self.limits = limits
        self.maximumAge = maximumAge
    }

    /// The most slots in memory: all that may be in flight, the same number to follow at once, and one request more.
    var capacity: Int { limits.readingsPerRequest * (2 * limits.requestsInFlight + 1) }

    /// Whether no more is read until something has been sent: there is enough to go on with.
    var isFull: Bool {
        let enough = limits.readingsPerRequest * (limits.requestsInFlight + 1)
        return hasGivenBack || slots.count > enough || entryCount > enough * Self.readingsPerGroup
    }

    /// How many more readings fit in.
    var room: Int { capacity - slots.count }

    // MARK: In and out

    /// `moment` is `now` by the machine's clocks. If there is less space than at the time of the request, only a part
    /// is taken.
    mutating func take(_ read: LaneEntries, at moment: Moment, now: Duration) {
        let entries = read.entries.prefix(max(0, room))
        reachesNewest = read.reachesNewest && entries.count == read.entries.count
        for entry in entries {
            lastReadID = entry.id
            entryCount += 1
            let span = span(of: entry)
            if let last = slots.last, let span, last.span == span, last.state == .waiting, last.part == 0 {
                slots[slots.count - 1].entries.append(entry)
            } else {
                slots.append(slot(entry, span: span, at: moment, now: now))
            }
        }
        giveBackLastSpan()
    }

    /// A full window does not learn of later readings of its last span, and would send the span without them. It is
    /// read again, whole, when there is space.
    private mutating func giveBackLastSpan() {
        guard isFull, slots.count > 1, let last = slots.last, last.span != nil, last.state == .waiting, last.part == 0,
            let previous = slots[slots.count - 2].entries.last
        else { return }
        slots.removeLast()
        entryCount -= last.entries.count
        lastReadID = previous.id
        reachesNewest = false
        hasGivenBack = true
    }

    /// Removes the done slots at the front. Returns the id that the cursor moves to; nil if it stays.
    mutating func removeDone() -> Int64? {
        let done = slots.prefix { $0.state == .done }
        guard let last = done.last?.entries.last else { return nil }
        entryCount -= done.reduce(0) { $0 + $1.entries.count }
        slots.removeFirst(done.count)
        hasGivenBack = false
        return last.id
    }

    private func span(of entry: OutboxEntry) -> Int64? {
        let length = limits.keepTogetherMilliseconds
        guard length > 0 else { return nil }
        let time = entry.reading.measuredAtMilliseconds
        return (time - (time % length + length) % length) / length
    }

    /// Counts by boot time, which does not step. A reading of another boot has lingered long enough.
    private func slot(_ entry: OutboxEntry, span: Int64?, at moment: Moment, now: Duration) -> DeliverySlot {
        let ageMilliseconds = moment.bootMilliseconds - entry.reading.bootMilliseconds
        let age = ageMilliseconds < 0 ? limits.linger : .milliseconds(ageMilliseconds)
        var closesAt = now
        if let span {
            let end = (span + 1) * limits.keepTogetherMilliseconds - entry.reading.measuredAtMilliseconds
            closesAt += max(.zero, .milliseconds(end) + Self.arrivalGrace - age)
        }
        return DeliverySlot(
            entries: [entry], span: span, closesAt: closesAt, dueAt: now + max(.zero, limits.linger - age),
            expiresAt: expiry(of: entry, span: span, at: moment, now: now))
    }

    /// A span is as old as its end, as in the outbox.
    private func expiry(of entry: OutboxEntry, span: Int64?, at moment: Moment, now: Duration) -> Duration? {
        guard let maximumAge else { return nil }
        let reading = entry.reading
        let age: Int64
        switch entry.ageClock {
        case .boot: age = moment.bootMilliseconds - reading.bootMilliseconds
        case .wall: age = moment.wallMilliseconds - reading.measuredAtMilliseconds
        case .none: return nil
        }
        let rest = span.map { ($0 + 1) * limits.keepTogetherMilliseconds - 1 - reading.measuredAtMilliseconds } ?? 0
        return now + maximumAge + .milliseconds(rest - age)
    }

    // MARK: Age

    /// Marks the expired waiting slots at the front as done. Returns how many readings they hold.
    mutating func skipExpired(now: Duration) -> Int {
        var count = 0
        while let first = firstWaiting, slots[first].isExpired(now: now) {
            slots[first].state = .done
            count += slots[first].entries.count
        }
        return count
    }

    /// The done readings that the cursor has not passed.
    var doneIDs: [Int64] { slots.lazy.filter { $0.state == .done }.flatMap { $0.entries.map(\.id) } }

    // MARK: Batches

    /// The places of the slots for the next request; nil if there is none, or if it lingers for more.
    ///
    /// When everything is flushed nothing lingers; a span that is not over is then sent once `hasReadAll`.
    func nextBatch(now: Duration, isFlushing: Bool, hasReadAll: Bool) -> [Int]? {
        guard let first = firstWaiting else { return nil }
        var batch: [Int] = []
        for index in first..<slots.count where slots[index].state != .done {
            guard batch.count < limits.readingsPerRequest, slots[index].state == .waiting,
                slots[index].part == slots[first].part, !slots[index].isExpired(now: now),
                canSend(index, now: now, isFlushing: isFlushing, hasReadAll: hasReadAll)
            else { break }
            batch.append(index)
        }
        let lingers =
            batch.count < limits.readingsPerRequest && slots[first].dueAt > now && slots[first].part == 0
            && !isFlushing && !isFull
        return batch.isEmpty || lingers ? nil : batch
    }

    /// Whether the newest reading known is among them.
    func includesNewest(_ batch: [Int]) -> Bool { reachesNewest && batch.last == slots.count - 1 }

    /// When the first slot that waits may be sent at the latest; nil when none waits.
    var nextDue: Duration? {
        firstWaiting.map { $0 < slots.count - 1 ? slots[$0].dueAt : max(slots[$0].dueAt, slots[$0].closesAt) }
    }

    var hasWaiting: Bool { firstWaiting != nil }

    /// No reading can join the slot any more, or it stands alone in a window that takes no more.
    private func canSend(_ index: Int, now: Duration, isFlushing: Bool, hasReadAll: Bool) -> Bool {
        let slot = slots[index]
        if index < slots.count - 1 || slot.span == nil { return true }
        if isFull && index == 0 { return true }
        return isFlushing ? hasReadAll : reachesNewest && slot.closesAt <= now
    }

    private var firstWaiting: Int? { slots.firstIndex { $0.state == .waiting } }

    // MARK: Requests

    /// The places of the slots that the request holds.
    func places(of request: Int) -> [Int] {
        slots.indices.filter { slots[$0].state == .inFlight(request: request) }
    }

    mutating func mark(_ places: [Int], as state: DeliverySlot.State) {
        for place in places { slots[place].state = state }
    }

    func entries(_ places: [Int]) -> [OutboxEntry] {
        places.flatMap { slots[$0].entries }
    }

    /// Splits a rejected request in two, to be sent one after the other.
    mutating func halve(_ places: [Int]) {
        lastPart += 2
        for (count, place) in places.enumerated() {
            slots[place].state = .waiting
            slots[place].part = count < places.count / 2 ? lastPart - 1 : lastPart
        }
    }
}
