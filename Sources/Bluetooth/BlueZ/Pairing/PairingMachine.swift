import DBus
import HeartRate

/// Finds one strap, pairs with it if needed, and checks that it measures: a pure state machine.
///
/// ```
///                one fits           scan is off                 agent registered          Connect answered
/// searching ──▶ gathering ──▶ queued ──────────▶ registeringAgent ─────────▶ connecting ─────────▶ resolving
///     ▲ │ none among several ▼         connected already ──▶ ▲ └── connected already ──────────────▶ │
///     └─┴──────────────── choosing                                                                   │ 0x2A37 is there
///                                            refused without a bond, once                            ▼
///                               pairing ◀────────────────────────────────────────────────────── subscribing
///                                  └─────── Pair answered ────────────────────────────────────────▶ │
/// leaving ◀── listening ◀── trusting, unless trusted ◀────────────────────── StartNotify answered ──┘
/// ```
///
/// The whole table is in docs/bluetooth.md. A scan is the first state without an end. Like the sessions, the machine
/// decides by the present objects of BlueZ. Each call is answered once, or times out in the client.
struct PairingMachine: Sendable {
    enum State: Equatable, Sendable {
        /// Scans until a strap fits.
        case searching
        /// One fits; others may.
        case gathering
        /// Several fit: the user chooses.
        case choosing
        /// Waits for the adapter to be free of the scan.
        case queued(Link)
        /// The agent is being registered.
        case registeringAgent(Link)
        case connecting(Link)
        case resolving(Link)
        case subscribing(Link, to: ObjectPath)
        case pairing(Link, for: ObjectPath)
        case trusting(Link, to: ObjectPath)
        case listening(Link, to: ObjectPath, left: Int)
        /// The device is being removed, so that bluetoothd reads its services again.
        case forgetting
        /// Ends its scan, subscription, agent and link.
        case leaving(Outcome, isDone: Bool)
        case finished(Outcome)
    }

    struct Link: Equatable, Sendable {
        var device: BlueZSnapshot.Device
        var attempts = 0
        /// Whether this program makes the connection. An existing connection is kept.
        var isOurs = false
        /// Whether `Connected=true` was seen: before that `false` does not mean that the link is lost.
        var wasConnected = false
        /// Whether it waits for `Connect` of another program.
        var waitsForOthers = false
        /// Whether the objects were requested again.
        var hasRefreshed = false
        /// Whether pairing was tried.
        var hasPaired = false
        /// The Heart Rate Measurements that refused to notify, and the first refusal.
        var refused: [ObjectPath] = []
        var refusal: BusError?
        /// Measurements so far, and whether one was a heart rate.
        var measurements = 0
        var hasHeartRate = false
    }

    enum Outcome: Equatable, Sendable {
        case done(NearbyDevice)
        case failed(PairingError)
    }

    /// Nil only lists the devices.
    let request: PairingRequest?
    /// Whether a user can choose.
    let isInteractive: Bool
    var state = State.searching
    var scan: ScanMachine
    /// The last shown list.
    var shown: [NearbyDevice] = []
    /// The device that the agent speaks for, once there is no other choice any more.
    var enlisted: BluetoothAddress?
    /// The number of lost links to it that another program had made.
    var othersLinksLost = 0
    /// Whether the device was removed to empty bluetoothd's memory of its services: once is enough.
    var hasForgotten = false
    private var hasBegun = false

    init(_ request: PairingRequest?, adapter: BluetoothAddress?, isInteractive: Bool = false) {
        self.request = request
        self.isInteractive = isInteractive
        scan = ScanMachine(adapter: adapter)
    }

    /// The outcome; nil before the end.
    var outcome: Outcome? {
        if case .finished(let outcome) = state { outcome } else { nil }
    }

    /// Takes in an event. Perform the returned actions in order.
    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .observed, .adapter: scanned(event) + conclude()
        case .chosen(let choice): chosen(choice)
        case .agentAnswered(let error): agentAnswered(error)
        case .connectAnswered(let error): connectAnswered(error)
        case .subscribeAnswered(let error): subscribeAnswered(error)
        case .pairAnswered(let error): pairAnswered(error)
        case .trustAnswered(let error): trustAnswered(error)
        case .removed: removed()
        case .measured(let measurement): measured(measurement)
        case .left: left() + conclude()
        case .deadlinePassed: deadlinePassed()
        case .stop: isEnding ? [] : leave(.failed(.stopped))
        }
    }

    private mutating func scanned(_ event: Event) -> [Action] {
        let actions: [ScanMachine.Action]
        switch event {
        case .observed(let snapshot): actions = scan.handle(.observed(snapshot))
        case .adapter(let path, let event): actions = scan.handle(.adapter(path, event))
        default: return []
        }
        let performed = perform(actions)
        // Devices found until the end are shown too.
        return isEnding ? performed + show() : performed + begin() + observe()
    }

    /// The time of the user starts when Bluetooth works.
    private mutating func begin() -> [Action] {
        guard !hasBegun else { return [] }
        hasBegun = true
        return request == nil
            ? [.progress(.searching)] : [.progress(.searching), .setDeadline(.exactly(PairingLimits.search))]
    }

    mutating func perform(_ actions: [ScanMachine.Action]) -> [Action] {
        actions.flatMap { action -> [Action] in
            switch action {
            case .adapter(let path, let action): [.adapter(path, action)]
            case .granted: granted()
            case .blocked(let reason): blocked(reason)
            }
        }
    }

    /// While it ends, a machine that cannot any more has nothing to be ended.
    private mutating func blocked(_ reason: StrapState.Reason) -> [Action] {
        switch state {
        case .leaving(let outcome, _): enter(.finished(outcome))
        case .finished: []
        default: leave(.failed(.machine(reason)))
        }
    }

    // MARK: Time

    private mutating func deadlinePassed() -> [Action] {
        switch state {
        case .searching: notHeard()
        case .gathering: gathered()
        case .connecting(let link): notConnected(link)
        case .resolving(let link): unresolved(link)
        case .listening: leave(.failed(.link(.silent(StrapLimits.silence))))
        case .forgetting: removed()
        case .leaving(let outcome, _): enter(.finished(outcome))
        default: []
        }
    }

    private mutating func notHeard() -> [Action] {
        guard let request else { return [] }
        let others = scan.nearby.all.filter { $0.isHeard && $0.isHeartRateStrap }
        return leave(.failed(.notHeard(request.selector, within: PairingLimits.search, others: others)))
    }

    mutating func enter(_ next: State, until wait: DeadlineSpec? = nil) -> [Action] {
        state = next
        return [.setDeadline(wait)]
    }
}
