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

    let limits: DestinationLimits
    private let backoff: Backoff
    private var randomNumbers: any RandomNumberGenerator & Sendable

    private(set) var mode = Mode.open
    private(set) var window: DeliveryWindow
    private var requestsInFlight = 0
    private var isNewestInFlight = false
    private var lastRequest = 0
    private var failuresInARow = 0
    private var isUnauthorised = false
    private var isReading = false
    private var isDraining = false
    private var isReadingToDrain = false
    /// Whether the outbox had nothing more when it was asked while draining.
    private var hasReadAll = false
    private var scheduledWake: Duration?
    /// The id up to which everything is done, until it is told.
    private var acknowledged: Int64?
    private var actions: [Action] = []

    init(
        cursor: Int64, limits: DestinationLimits, backoff: Backoff = Backoff(),
        randomNumbers: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        window = DeliveryWindow(after: cursor, limits: limits)
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
        // Last, for it is waited for: the outbox has what was asked for before to do meanwhile.
        if let id = acknowledged.take() { actions.append(.acknowledge(through: id)) }
        finishOrWake(now: now)
        defer { actions.removeAll(keepingCapacity: true) }
        return actions
    }

    // MARK: Reading

    private mutating func readMore() {
        // Nothing overtakes the newest: what comes after it is asked for once it is answered.
        guard !window.isFull, !isNewestInFlight else { return }
        if isDraining {
            guard !isReadingToDrain, !hasReadAll, mode == .open else { return }
            isReadingToDrain = true
        } else {
            guard !isReading else { return }
            isReading = true
        }
        actions.append(.read(after: window.lastReadID, limit: window.room, waits: !isDraining))
    }

    private mutating func take(_ read: LaneEntries, waited: Bool, bootMilliseconds: Int64, now: Duration) {
        if waited {
            isReading = false
            // The read that was under way when draining began: the one that does not wait returns the same readings.
            if isDraining { return }
        } else {
            isReadingToDrain = false
        }
        window.take(read, bootMilliseconds: bootMilliseconds, now: now)
        if !waited { hasReadAll = window.reachesNewest }
    }

    // MARK: Sending

    private mutating func sendWhatMayGo(now: Duration) {
        while mayStartRequest(now: now),
            let batch = window.nextBatch(now: now, isFlushing: isDraining, hasReadAll: hasReadAll),
            requestsInFlight == 0 || !window.includesNewest(batch)
        {
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
        if isDraining, requestsInFlight == 0, mode != .open || (hasReadAll && !window.hasWaiting) {
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
