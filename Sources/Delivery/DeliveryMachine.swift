import HeartRate
import Outbox
import Timing

/// Decides what one lane sends when: events in, actions out, no clock and no I/O of its own.
///
/// Readings stand in a window of slots, in order of arrival. Each slot is waiting, in flight or done; the cursor follows
/// the slots at the front that are done, so after a crash only what was in flight, or had overtaken it, is sent again.
///
/// | Mode      | sends                                                              | leaves it when |
/// | --------- | ------------------------------------------------------------------ | -------------- |
/// | `open`    | as many requests at once as the limits allow                       | one is answered "try later" or "not authorised" |
/// | `waiting` | nothing                                                            | its time is over and all requests are answered |
/// | `probing` | one request                                                        | it is accepted or refused: `open`; else `waiting` |
///
/// The newest reading known is sent only when nothing is in flight, and nothing is sent until it is answered: no older
/// reading arrives after it.
struct DeliveryMachine {
    enum Event {
        /// The outbox returned what it has. `waited` tells a read that waits for readings from one that does not.
        case read(LaneEntries, waited: Bool, bootMilliseconds: Int64)
        case answered(request: Int, DeliveryOutcome)
        /// The start, or a time asked for by ``Action/wake(at:)``; one too many does no harm.
        case wake
        /// Send what waits without lingering, then finish.
        case drain
    }

    enum Action: Equatable {
        case read(after: Int64, limit: Int, waits: Bool)
        case send(request: Int, [OutboxEntry])
        /// Before any `acknowledge` that follows it.
        case setAside([Int64], reason: String)
        case acknowledge(through: Int64)
        case wake(at: Duration)
        case notify(DeliveryNotice)
        /// Nothing more can be sent now.
        case finish
    }

    enum Mode: Equatable {
        case open
        case waiting(until: Duration)
        case probing
    }

    /// How soon a mended token is noticed.
    static let unauthorisedRetryInterval: Duration = .seconds(30)
    /// A service that tells a longer wait than this is asked again all the same.
    static let longestToldWait: Duration = .seconds(3600)
    /// A strap notifies at most so often in a second that is kept together; more just fill the window sooner.
    static let readingsPerGroup = 4
    /// How long a reading may take from its strap into the outbox: a span that is kept together stays open for it.
    static let arrivalGrace: Duration = .milliseconds(200)

    let limits: DestinationLimits
    let backoff: Backoff
    var randomNumbers: any RandomNumberGenerator & Sendable

    private(set) var mode = Mode.open
    private(set) var requestsInFlight = 0
    private(set) var slots: [DeliverySlot] = []
    private var entryCount = 0
    private var lastReadID: Int64
    /// Whether the last slot holds the newest reading of the lane, as far as is known.
    private var reachesNewest = false
    private var isNewestInFlight = false
    private var isReading = false
    private var isDraining = false
    private var isReadingToDrain = false
    /// Whether the outbox had nothing more when it was asked while draining.
    private var hasReadAll = false
    private var failuresInARow = 0
    private var isUnauthorised = false
    private var lastRequest = 0
    private var lastPart = 0
    private var scheduledWake: Duration?
    private var actions: [Action] = []

    init(
        cursor: Int64, limits: DestinationLimits, backoff: Backoff = Backoff(),
        randomNumbers: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        lastReadID = cursor
        self.limits = limits
        self.backoff = backoff
        self.randomNumbers = randomNumbers
    }

    /// What to do, in this order, now that `event` has happened. `now` is any time that never goes back.
    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch event {
        case .read(let read, let waited, let bootMilliseconds):
            take(read, waited: waited, bootMilliseconds: bootMilliseconds, now: now)
        case .answered(let request, let outcome):
            answer(request, outcome, now: now)
        case .wake:
            if let wake = scheduledWake, wake <= now { scheduledWake = nil }
        case .drain:
            isDraining = true
        }
        sendWhatMayGo(now: now)
        readMore()
        finishOrWake(now: now)
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: Reading

    /// The most readings in memory: what is in flight, and a request's worth to go on with.
    var capacity: Int {
        limits.readingsPerRequest * (limits.requestsInFlight + 1)
            * (limits.keepTogetherMilliseconds > 0 ? Self.readingsPerGroup : 1)
    }

    /// Whether no more is read until something has been sent.
    private var isFull: Bool { entryCount > capacity / 2 }

    private mutating func readMore() {
        if isDraining {
            guard !isReadingToDrain, !hasReadAll, !isFull, mode == .open else { return }
            isReadingToDrain = true
        } else {
            guard !isReading, !isFull else { return }
            isReading = true
        }
        actions.append(.read(after: lastReadID, limit: capacity - entryCount, waits: !isDraining))
    }

    private mutating func take(_ read: LaneEntries, waited: Bool, bootMilliseconds: Int64, now: Duration) {
        if waited {
            isReading = false
            // The read that was under way when draining began: the one that does not wait returns the same readings.
            if isDraining { return }
        } else {
            isReadingToDrain = false
            hasReadAll = read.reachesNewest
        }
        reachesNewest = read.reachesNewest
        for entry in read.entries {
            lastReadID = entry.id
            entryCount += 1
            let span = span(of: entry)
            if let last = slots.last, let span, last.span == span, last.state == .waiting, last.part == 0 {
                slots[slots.count - 1].entries.append(entry)
            } else {
                slots.append(slot(entry, span: span, bootMilliseconds: bootMilliseconds, now: now))
            }
        }
    }

    private func span(of entry: OutboxEntry) -> Int64? {
        let length = limits.keepTogetherMilliseconds
        guard length > 0 else { return nil }
        let time = entry.reading.measuredAtMilliseconds
        return (time - (time % length + length) % length) / length
    }

    /// Reckons from boot time, which does not step. A reading of another boot has waited long enough.
    private func slot(_ entry: OutboxEntry, span: Int64?, bootMilliseconds: Int64, now: Duration) -> DeliverySlot {
        let ageMilliseconds = bootMilliseconds - entry.reading.bootMilliseconds
        let age = ageMilliseconds < 0 ? limits.linger : .milliseconds(ageMilliseconds)
        var closesAt = now
        if let span {
            let end = (span + 1) * limits.keepTogetherMilliseconds - entry.reading.measuredAtMilliseconds
            closesAt += max(.zero, .milliseconds(end) + Self.arrivalGrace - age)
        }
        return DeliverySlot(
            entries: [entry], span: span, closesAt: closesAt, dueAt: now + max(.zero, limits.linger - age))
    }

    // MARK: Sending

    private mutating func sendWhatMayGo(now: Duration) {
        while let batch = nextBatch(now: now) {
            if mode != .open { mode = .probing }
            lastRequest += 1
            requestsInFlight += 1
            isNewestInFlight = includesNewest(batch)
            for index in batch { slots[index].state = .inFlight(request: lastRequest) }
            actions.append(.send(request: lastRequest, batch.flatMap { slots[$0].entries }))
        }
    }

    /// The slots of the next request; nil when there is none, or when it has to wait.
    private func nextBatch(now: Duration) -> [Int]? {
        guard mayStartRequest(now: now), let first = firstWaiting else { return nil }
        var batch: [Int] = []
        for index in first..<slots.count where slots[index].state != .done {
            guard batch.count < limits.readingsPerRequest, slots[index].state == .waiting,
                slots[index].part == slots[first].part, isClosed(index, now: now) || (isFull && index == first)
            else { break }
            batch.append(index)
        }
        let isDue =
            batch.count == limits.readingsPerRequest || slots[first].dueAt <= now || slots[first].part != 0
            || isDraining || isFull
        guard !batch.isEmpty, isDue, requestsInFlight == 0 || !includesNewest(batch) else { return nil }
        return batch
    }

    private func mayStartRequest(now: Duration) -> Bool {
        switch mode {
        case .open: requestsInFlight < limits.requestsInFlight && !isNewestInFlight
        case .waiting(let until): requestsInFlight == 0 && until <= now && !isDraining
        case .probing: false
        }
    }

    private var firstWaiting: Int? { slots.firstIndex { $0.state == .waiting } }

    private func includesNewest(_ batch: [Int]) -> Bool { reachesNewest && batch.last == slots.count - 1 }

    /// Whether no reading can join the slot any more.
    private func isClosed(_ index: Int, now: Duration) -> Bool {
        if index < slots.count - 1 || slots[index].span == nil { return true }
        return isDraining ? hasReadAll : reachesNewest && slots[index].closesAt <= now
    }

    private mutating func finishOrWake(now: Duration) {
        if isDraining, requestsInFlight == 0, mode != .open || (firstWaiting == nil && hasReadAll) {
            actions.append(.finish)
            return
        }
        guard let wake = nextWake(now: now), wake > now else { return }
        if let scheduledWake, scheduledWake <= wake { return }
        scheduledWake = wake
        actions.append(.wake(at: wake))
    }

    private func nextWake(now: Duration) -> Duration? {
        if case .waiting(let until) = mode, until > now { return until }
        guard mode != .probing, let first = firstWaiting else { return nil }
        return isClosed(first, now: now) ? slots[first].dueAt : max(slots[first].dueAt, slots[first].closesAt)
    }

    // MARK: Answers

    private mutating func answer(_ request: Int, _ outcome: DeliveryOutcome, now: Duration) {
        let answered = slots.indices.filter { slots[$0].state == .inFlight(request: request) }
        guard !answered.isEmpty else { return }
        requestsInFlight -= 1
        isNewestInFlight = false
        switch outcome {
        case .accepted:
            openUp()
            for index in answered { slots[index].state = .done }
        case .refused(let reason):
            openUp()
            refuse(answered, reason: reason)
        case .tryLater(let after, let reason):
            for index in answered { slots[index].state = .waiting }
            holdOff(after: after, reason: reason, now: now)
        case .notAuthorised(let reason):
            for index in answered { slots[index].state = .waiting }
            if !isUnauthorised { actions.append(.notify(.paused(reason: reason))) }
            isUnauthorised = true
            mode = .waiting(until: now + Self.unauthorisedRetryInterval)
        }
        acknowledgeFront()
    }

    private mutating func openUp() {
        guard mode == .probing else { return }
        mode = .open
        failuresInARow = 0
        isUnauthorised = false
        actions.append(.notify(.recovered))
    }

    private mutating func holdOff(after: Duration?, reason: String, now: Duration) {
        let told = min(after ?? .zero, Self.longestToldWait)
        if case .waiting(let until) = mode {
            // Another request of the same failure: it counts once.
            mode = .waiting(until: max(until, now + told))
            return
        }
        if failuresInARow == 0 { actions.append(.notify(.failing(reason: reason))) }
        failuresInARow += 1
        var delay = backoff.delay(afterFailures: failuresInARow, using: &randomNumbers)
        if isUnauthorised { delay = min(delay, Self.unauthorisedRetryInterval) }
        mode = .waiting(until: now + max(delay, told))
    }

    /// Sets the slot aside when it stood alone, else parts the request in two.
    private mutating func refuse(_ refused: [Int], reason: String) {
        if refused.count == 1 {
            let ids = slots[refused[0]].entries.map(\.id)
            slots[refused[0]].state = .done
            actions.append(.setAside(ids, reason: reason))
            actions.append(.notify(.setAside(count: ids.count, reason: reason)))
            return
        }
        lastPart += 2
        for (place, index) in refused.enumerated() {
            slots[index].state = .waiting
            slots[index].part = place < refused.count / 2 ? lastPart - 1 : lastPart
        }
    }

    private mutating func acknowledgeFront() {
        let done = slots.prefix { $0.state == .done }
        guard let last = done.last?.entries.last else { return }
        entryCount -= done.reduce(0) { $0 + $1.entries.count }
        slots.removeFirst(done.count)
        actions.append(.acknowledge(through: last.id))
    }
}
