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
///
/// Where newer readings go first, the window is left behind at the start and after each failure, once there is something to
/// send: the outbox keeps it as a gap, which ``GapDelivery`` drains, and the machine goes on with the newest reading. A
/// reading that is too old when its turn comes is passed over; as soon as one is, the outbox is asked to pass over all that
/// are, for there may be a million.
struct DeliveryMachine {
    enum Event {
        /// The outbox returned what it has. `waited` tells a read that waits for readings from one that does not.
        case read(LaneEntries, after: Int64, waited: Bool, at: Moment)
        /// The outbox has left the backlog behind, and passed over what is too old: go on after this id.
        case restarted(after: Int64)
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
        /// So many readings were too old. Before any `acknowledge` that follows it.
        case passOver(count: Int)
        /// Treat what is behind after the ``BacklogPolicy``, but for the readings that are done, and tell where to go on.
        /// Nothing is in flight, and what was acknowledged before is so.
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

    /// How soon a mended token is noticed.
    static let unauthorisedRetryInterval: Duration = .seconds(30)
    /// A service that tells a longer wait than this is asked again all the same.
    static let longestToldWait: Duration = .seconds(3600)

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
    private var isUnauthorised = false
    /// The positions after which the outbox was asked to wait for readings. Of those before a restart one may be left.
    private var awaitedReads: Set<Int64> = []
    /// Whether newer readings go before the window.
    private var isBehind: Bool
    /// Whether a reading was too old since the outbox last passed over all that are.
    private var metTooOld = false
    private var isRestarting = false
    private var isDraining = false
    private var isReadingToDrain = false
    /// Whether the outbox had nothing more when it was asked while draining.
    private var hasReadAll = false
    private var scheduledWake: Duration?
    /// The id up to which everything is done, until it is told.
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

    /// Whether there is nothing to send: then nothing tries whether a service is back.
    var isIdle: Bool { requestsInFlight == 0 && !isRestarting && !window.hasWaiting }

    /// What to do, in this order, now that `event` has happened. `now` is any time that never goes back.
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
        passOverTooOld(now: now)
        sendWhatMayGo(now: now)
        readMore()
        // Last, for it is waited for: the outbox has what was asked for before to do meanwhile.
        if let id = acknowledged.take() { actions.append(.acknowledge(through: id)) }
        // After it, for what is left behind is what the cursor has not passed.
        if isRestarting, !wasRestarting { actions.append(.restart(done: window.doneIDs)) }
        finishOrWake(now: now)
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: Reading

    private mutating func readMore() {
        // Nothing overtakes the newest: what comes after it is asked for once it is answered.
        guard !window.isFull, !isNewestInFlight, !isRestarting else { return }
        if isDraining, mode != .open { return }
        if metTooOld, window.slots.isEmpty {
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
            // The read that was under way when draining began: the one that does not wait returns the same readings.
            if isDraining { return }
        } else {
            isReadingToDrain = false
        }
        // Else it was asked for before a restart.
        guard position == window.lastReadID, !isRestarting else { return }
        window.take(read, at: moment, now: now)
        if !waited { hasReadAll = window.reachesNewest }
    }

    // MARK: Backlog

    private mutating func passOverTooOld(now: Duration) {
        guard backlog.maximumAge != nil, !isRestarting else { return }
        let count = window.passOverTooOld(now: now)
        guard count > 0 else { return }
        metTooOld = true
        isBehind = backlog.order == .newestFirst
        actions.append(.passOver(count: count))
        acknowledged = window.removeDone() ?? acknowledged
    }

    private mutating func goOn(after cursor: Int64, now: Duration) {
        window = DeliveryWindow(after: cursor, limits: limits, maximumAge: backlog.maximumAge)
        isRestarting = false
        // Before the time to probe still newer readings will come.
        if case .waiting(let until) = mode, until > now {} else { isBehind = false }
        metTooOld = false
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
        case .notAuthorised(let reason):
            window.mark(places, as: .waiting)
            if !isUnauthorised { actions.append(.notify(.paused(reason: reason))) }
            isUnauthorised = true
            isBehind = backlog.order == .newestFirst
            mode = .waiting(until: now + Self.unauthorisedRetryInterval)
        }
        acknowledged = window.removeDone() ?? acknowledged
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
        isBehind = backlog.order == .newestFirst
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
    private mutating func refuse(_ places: [Int], reason: String) {
        guard places.count == 1 else { return window.halve(places) }
        let ids = window.entries(places).map(\.id)
        window.mark(places, as: .done)
        actions.append(.setAside(ids, reason: reason))
        actions.append(.notify(.setAside(count: ids.count, reason: reason)))
    }
}
