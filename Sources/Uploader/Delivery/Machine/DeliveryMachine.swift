import Outbox
import Timing

/// Decides what one lane sends when: events in, actions out. It has no clock and no I/O.
///
/// Readings stand in a window of slots, in order of arrival. Each slot is waiting, in flight or done. The cursor
/// follows the done slots at the front, so after a crash only requests in flight, and requests that overtook them, are
/// sent again.
///
/// | Mode | sends | leaves it when |
/// | --- | --- | --- |
/// | `open` | as many requests at once as the limits allow | one is answered "try later" or "pause" |
/// | `waiting` | nothing | its time is over and all requests are answered |
/// | `probing` | one request | it is accepted or refused: `open`; else `waiting` |
///
/// The newest known reading is sent only when nothing is in flight, and nothing is sent until it is answered. So no
/// older reading arrives after it.
///
/// If newer readings go first, the window is deferred at the start and after each failure, as soon as there is a
/// reading to send. The outbox keeps it as a backfill range, which ``BackfillDelivery`` drains, and the machine goes on
/// with the newest reading. An expired reading is skipped when its turn comes. Then the outbox is asked to skip all
/// expired readings, because there may be a million.
struct DeliveryMachine {
    enum Event {
        /// The outbox returned readings. `waited` is whether this read waits for readings.
        case read(LaneEntries, after: Int64, waited: Bool, at: Moment)
        /// The outbox has deferred the backlog, and skipped expired readings: go on after this id.
        case restarted(after: Int64)
        case answered(request: Int, DeliveryOutcome)
        /// The start, or a time that ``Action/wake(at:)`` asked for. An extra one does no harm.
        case wake
        /// Send the waiting readings without lingering, then finish.
        case drain
    }

    enum Action: Equatable {
        case read(after: Int64, limit: Int, waits: Bool)
        case send(request: Int, [OutboxEntry])
        /// Before any `acknowledge` that follows it.
        case setAside([Int64], reason: String)
        /// This many readings have expired. Before any `acknowledge` that follows it.
        case skipExpired(count: Int)
        /// Apply the ``BacklogPolicy`` to the backlog, except for the done readings, and answer with `restarted`.
        /// Nothing is in flight, and earlier acknowledgements are done.
        case restart(done: [Int64])
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

    /// How soon a fixed token or service is noticed.
    static let pauseRetryInterval: Duration = .seconds(30)
    /// The longest wait that a service can ask for.
    static let longestRequestedWait: Duration = .seconds(3600)

    let limits: DestinationLimits
    let backlog: BacklogPolicy
    private let backoff: Backoff
    private var randomNumbers: any RandomNumberGenerator & Sendable

    private(set) var mode = Mode.open
    private(set) var window: DeliveryWindow
    private var requestsInFlight = 0
    private var isNewestInFlight = false
    private var lastRequest = 0
    private var failuresInARow = 0
    private var isPaused = false
    /// The positions after which the outbox was asked to wait for readings. One position from before a restart may be
    /// left.
    private var awaitedReads: Set<Int64> = []
    /// Whether newer readings go before the window.
    private var isBehind: Bool
    /// Whether a reading has expired since the outbox last skipped all expired readings.
    private var metExpired = false
    private var isRestarting = false
    private var isDraining = false
    private var isReadingToDrain = false
    /// Whether the outbox had nothing more when it was asked while draining.
    private var hasReadAll = false
    private var scheduledWake: Duration?
    /// The id up to which everything is done, until it is acknowledged.
    private var acknowledged: Int64?
    private var actions: [Action] = []

    init(
        cursor: Int64, limits: DestinationLimits, backlog: BacklogPolicy = BacklogPolicy(),
        backoff: Backoff = Backoff(),
        randomNumbers: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        window = DeliveryWindow(after: cursor, limits: limits, maximumAge: backlog.maximumAge)
        self.limits = limits
        self.backlog = backlog
        isBehind = backlog.order == .newestFirst
        self.backoff = backoff
        self.randomNumbers = randomNumbers
    }

    /// Whether there is nothing to send. Then no request finds out whether a service is back.
    var isIdle: Bool { requestsInFlight == 0 && !isRestarting && !window.hasWaiting }

    /// Handles an event. Returns the actions in their order. `now` is any time that never goes back.
    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        switch event {
        case .read(let read, let position, let waited, let moment):
            take(read, after: position, waited: waited, at: moment, now: now)
        case .restarted(let cursor):
            goOn(after: cursor, now: now)
        case .answered(let request, let outcome):
            answer(request, outcome, now: now)
        case .wake:
            if let wake = scheduledWake, wake <= now { scheduledWake = nil }
        case .drain:
            isDraining = true
        }
        let wasRestarting = isRestarting
        skipExpired(now: now)
        sendWhatMayGo(now: now)
        readMore()
        // Last, because the lane waits for it. The outbox works on the earlier actions at the same time.
        if let id = acknowledged.take() { actions.append(.acknowledge(through: id)) }
        // After it, because the readings after the cursor are deferred.
        if isRestarting, !wasRestarting { actions.append(.restart(done: window.doneIDs)) }
        finishOrWake(now: now)
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: Reading

    private mutating func readMore() {
        // No reading overtakes the newest: later readings are read after its answer.
        guard !window.isFull, !isNewestInFlight, !isRestarting else { return }
        if isDraining, mode != .open { return }
        if metExpired, window.slots.isEmpty {
            isRestarting = true
            return
        }
        if isDraining {
            guard !isReadingToDrain, !hasReadAll else { return }
            isReadingToDrain = true
        } else {
            guard awaitedReads.insert(window.lastReadID).inserted else { return }
        }
        actions.append(.read(after: window.lastReadID, limit: window.room, waits: !isDraining))
    }

    private mutating func take(
        _ read: LaneEntries, after position: Int64, waited: Bool, at moment: Moment, now: Duration
    ) {
        if waited {
            awaitedReads.remove(position)
            // The read that was under way when draining began. The read that does not wait returns the same readings.
            if isDraining { return }
        } else {
            isReadingToDrain = false
        }
        // Otherwise it was asked for before a restart.
        guard position == window.lastReadID, !isRestarting else { return }
        window.take(read, at: moment, now: now)
        if !waited { hasReadAll = window.reachesNewest }
    }

    // MARK: Backlog

    private mutating func skipExpired(now: Duration) {
        guard backlog.maximumAge != nil, !isRestarting else { return }
        let count = window.skipExpired(now: now)
        guard count > 0 else { return }
        metExpired = true
        isBehind = backlog.order == .newestFirst
        actions.append(.skipExpired(count: count))
        acknowledged = window.removeDone() ?? acknowledged
    }

    private mutating func goOn(after cursor: Int64, now: Duration) {
        window = DeliveryWindow(after: cursor, limits: limits, maximumAge: backlog.maximumAge)
        isRestarting = false
        // Newer readings will come before it is time to probe.
        if case .waiting(let until) = mode, until > now {} else { isBehind = false }
        metExpired = false
        hasReadAll = false
    }

    // MARK: Sending

    private mutating func sendWhatMayGo(now: Duration) {
        while !isRestarting, mayStartRequest(now: now),
            let batch = window.nextBatch(now: now, isFlushing: isDraining, hasReadAll: hasReadAll),
            requestsInFlight == 0 || !window.includesNewest(batch)
        {
            if isBehind {
                isRestarting = requestsInFlight == 0
                return
            }
            if mode != .open { mode = .probing }
            lastRequest += 1
            requestsInFlight += 1
            isNewestInFlight = window.includesNewest(batch)
            window.mark(batch, as: .inFlight(request: lastRequest))
            actions.append(.send(request: lastRequest, window.entries(batch)))
        }
    }

    private func mayStartRequest(now: Duration) -> Bool {
        switch mode {
        case .open: requestsInFlight < limits.requestsInFlight && !isNewestInFlight
        case .waiting(let until): requestsInFlight == 0 && until <= now && !isDraining
        case .probing: false
        }
    }

    private mutating func finishOrWake(now: Duration) {
        if isDraining, requestsInFlight == 0, !isRestarting, mode != .open || (hasReadAll && !window.hasWaiting) {
            actions.append(.finish)
            return
        }
        guard let wake = nextWake(now: now), wake > now else { return }
        if let scheduledWake, scheduledWake <= wake { return }
        scheduledWake = wake
        actions.append(.wake(at: wake))
    }

    private func nextWake(now: Duration) -> Duration? {
        switch mode {
        case .waiting(let until) where until > now: until
        case .waiting, .open: window.nextDue
        case .probing: nil
        }
    }

    // MARK: Answers

    private mutating func answer(_ request: Int, _ outcome: DeliveryOutcome, now: Duration) {
        let places = window.places(of: request)
        guard !places.isEmpty else { return }
        requestsInFlight -= 1
        isNewestInFlight = false
        switch outcome {
        case .accepted:
            openUp()
            window.mark(places, as: .done)
        case .refused(let reason):
            openUp()
            refuse(places, reason: reason)
        case .tryLater(let after, let reason):
            window.mark(places, as: .waiting)
            holdOff(after: after, reason: reason, now: now)
        case .pause(let reason):
            window.mark(places, as: .waiting)
            if !isPaused { actions.append(.notify(.paused(reason: reason))) }
            isPaused = true
            isBehind = backlog.order == .newestFirst
            mode = .waiting(until: now + Self.pauseRetryInterval)
        }
        acknowledged = window.removeDone() ?? acknowledged
    }

    private mutating func openUp() {
        guard mode == .probing else { return }
        mode = .open
        failuresInARow = 0
        isPaused = false
        actions.append(.notify(.recovered))
    }

    private mutating func holdOff(after: Duration?, reason: String, now: Duration) {
        let told = min(after ?? .zero, Self.longestRequestedWait)
        isBehind = backlog.order == .newestFirst
        if case .waiting(let until) = mode {
            // Another request of the same failure. It counts once.
            mode = .waiting(until: max(until, now + told))
            return
        }
        if failuresInARow == 0 { actions.append(.notify(.failing(reason: reason))) }
        failuresInARow += 1
        var delay = backoff.delay(afterFailures: failuresInARow, using: &randomNumbers)
        if isPaused { delay = min(delay, Self.pauseRetryInterval) }
        mode = .waiting(until: now + max(delay, told))
    }

    /// Sets the slot aside if it was alone in its request, else splits the request in two.
    private mutating func refuse(_ places: [Int], reason: String) {
        guard places.count == 1 else { return window.halve(places) }
        let ids = window.entries(places).map(\.id)
        window.mark(places, as: .done)
        actions.append(.setAside(ids, reason: reason))
        actions.append(.notify(.setAside(count: ids.count, reason: reason)))
    }
}
