import Synchronization
import Timing

/// The one bounded buffer between bluetoothd and the consumer.
///
/// At most ``measurementLimit`` measurements are on their way from their arrival on the bus to the consumer. A
/// measurement beyond the limit is not delivered: it is counted, and the consumer gets the count as
/// ``StrapEvent/Kind/overflow(lost:)`` with its next batch. The session still gets it, so that a slow consumer does not
/// make a strap look silent. All other events are few and always kept.
final class EventBuffer: Sendable {
    private struct State {
        var events: [StrapEvent] = []
        /// Admitted measurements that the consumer has not taken.
        var pending = 0
        /// By strap: the number of lost measurements, and when the last one came.
        var lost: [String: (count: Int, at: Moment)] = [:]
        var isFinished = false
        var waiter: CheckedContinuation<Void, Never>?

        mutating func takeAll() -> [StrapEvent] {
            guard !events.isEmpty else { return [] }
            var taken: [StrapEvent] = []
            swap(&taken, &events)
            pending -= taken.count(where: \.isMeasurement)
            for (strap, loss) in lost.sorted(by: { $0.key < $1.key }) {
                taken.append(StrapEvent(strap: strap, at: loss.at, kind: .overflow(lost: loss.count)))
            }
            lost.removeAll()
            return taken
        }
    }

    private let measurementLimit: Int
    private let state = Mutex(State())

    init(measurementLimit: Int) {
        self.measurementLimit = measurementLimit
    }

    /// Whether a measurement that has arrived may be appended. If not, it is counted as lost. Each admitted one is
    /// appended or withdrawn later.
    func admit(from strap: String, at arrival: Moment) -> Bool {
        state.withLock { state in
            guard state.pending < measurementLimit else {
                state.lost[strap] = ((state.lost[strap]?.count ?? 0) + 1, arrival)
                return false
            }
            state.pending += 1
            return true
        }
    }

    /// An admitted packet turned out to hold nothing new.
    func withdraw() {
        state.withLock { $0.pending -= 1 }
    }

    func append(_ event: StrapEvent) {
        update { $0.events.append(event) }
    }

    /// No more events will come.
    func finish() {
        update { $0.isFinished = true }
    }

    private func update(_ change: (inout State) -> Void) {
        let waiter = state.withLock { state in
            change(&state)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits for events and returns all of them; nil if none are left and none can come.
    func takeAll() async -> [StrapEvent]? {
        while true {
            let (events, isFinished) = state.withLock { ($0.takeAll(), $0.isFinished) }
            if !events.isEmpty { return events }
            if isFinished { return nil }
            await wait()
        }
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let mustWait = state.withLock { state in
                guard state.events.isEmpty, !state.isFinished else { return false }
                state.waiter = continuation
                return true
            }
            if !mustWait { continuation.resume() }
        }
    }
}

extension StrapEvent {
    /// Whether it is a notification of the strap, which may be frequent.
    fileprivate var isMeasurement: Bool {
        switch kind {
        case .state, .details, .overflow: false
        case .measurement, .malformed: true
        }
    }
}
