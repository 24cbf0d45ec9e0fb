import Timing

/// Events on their way to the consumer, who takes all that have come since it last looked.
///
/// Measurements beyond the limit are thrown away and counted; what else a strap tells is always kept, for it is little.
actor EventBuffer {
    private let measurementLimit: Int
    private var events: [StrapEvent] = []
    private var measurements = 0
    /// By strap: how many, and when the last one came.
    private var lost: [String: (count: Int, at: Moment)] = [:]
    private var isFinished = false
    private var waiter: CheckedContinuation<Void, Never>?

    init(measurementLimit: Int) {
        self.measurementLimit = measurementLimit
    }

    func append(_ event: StrapEvent) {
        if event.isBounded {
            guard measurements < measurementLimit else {
                lost[event.strap] = ((lost[event.strap]?.count ?? 0) + 1, event.at)
                return
            }
            measurements += 1
        }
        events.append(event)
        wake()
    }

    /// Nothing more comes.
    func finish() {
        isFinished = true
        wake()
    }

    /// Waits for events; nil when there are none left and none can come.
    func takeAll() async -> [StrapEvent]? {
        while events.isEmpty && !isFinished {
            await withCheckedContinuation { waiter = $0 }
        }
        guard !events.isEmpty else { return nil }
        defer {
            events = []
            lost = [:]
            measurements = 0
        }
        let losses = lost.sorted { $0.key < $1.key }
        return events + losses.map { StrapEvent(strap: $0.key, at: $0.value.at, kind: .overflow(lost: $0.value.count)) }
    }

    private func wake() {
        waiter.take()?.resume()
    }
}

extension StrapEvent {
    /// Whether it comes as often as a strap likes.
    fileprivate var isBounded: Bool {
        switch kind {
        case .state, .details: false
        case .measurement, .malformed, .overflow: true
        }
    }
}
