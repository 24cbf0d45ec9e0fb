import DBus
import HeartRate

/// Keeps one strap connected, or receives its broadcasts: a pure state machine of events and actions.
///
/// ```
///               candidate found         granted               Connected, or Connect answered
/// searching ─────────────────▶ queued ─────────▶ connecting ─────────────────────────▶ resolving
///   ▲   │ candidate is connected already (skips Connect) ─────────────────────────────▲ │
///   │                                                                                  │ services resolved
///   │  after the 4th failure in a row first `pausing`          (awaitingObjects) ◀─────┤ without 0x2A37
///   ├──────────────── leaving ◀── time-out, refused, silent            │               ▼ with 0x2A37
///   └──────────────── link lost (Connected=false, object gone) ◀───────┴───────── subscribing
///                                                                    ▲                 │ StartNotify answered,
/// any ──▶ blocked: no bus, no bluetoothd, adapter missing or off     └── listening ◀───┘ or a measurement
/// standingBy ◀── the same, over a link of another program, which is never ended
/// any ──▶ stopping ──▶ stopped
///
/// broadcasts: searching ── candidate found ──▶ receivingBroadcast ── none for 10 s, or object gone ──▶ searching
/// ```
///
/// A connection that may bond passes through `registeringAgent` before `connecting`, and `pairing` beside
/// `subscribing`. The whole table, with the time limits, is in docs/bluetooth.md. Three rules hold in all states:
/// - The session decides by the present objects of BlueZ (``View``), never by single signals.
/// - Each call belongs to an attempt. Answers to earlier attempts are ignored.
/// - Only a heart rate is a success. Until one comes, each way back to `searching` is a failure.
struct StrapSession: Sendable {
    enum State: Equatable, Sendable {
        /// Bluetooth does not work on this machine.
        case blocked(StrapState.Reason)
        /// Searches for a device in a scan.
        case searching
        /// Waits after several failures in a row, before it searches again.
        case pausing
        /// Has heard the device and waits for its turn on the adapter.
        case queued(Link)
        /// An agent is being registered, for the connection may bond.
        case registeringAgent(Link, othersWait: Bool)
        /// `Connect` is under way.
        case connecting(Link)
        /// Connected; waits for `ServicesResolved`.
        case resolving(Link)
        /// Services are resolved, but 0x2A37 is not there.
        case awaitingObjects(Link)
        /// `StartNotify` is under way.
        case subscribing(Link, to: ObjectPath)
        /// `StartNotify` was refused for want of a bond, and `Pair` is under way.
        case pairing(Link, for: ObjectPath)
        case listening(Link, to: ObjectPath, Hearing)
        /// In broadcast mode: receives the broadcasts of the device, and never connects.
        case receivingBroadcast(Link, Hearing)
        /// Waits beside a link of another program that gives no measurements now.
        case standingBy(Link, StrapState.Reason)
        /// `Disconnect` is under way, to try again after it.
        case leaving(Link, Departure)
        /// `Disconnect` is under way, to end.
        case stopping(Link)
        case stopped
    }

    /// The device that the session is at.
    struct Link: Equatable, Sendable {
        var device: BlueZSnapshot.Device
        /// Separates the answers to this link's calls from those to earlier links.
        var attempt: Int
        /// Whether this session made the connection. An existing link is never ended.
        var isOurs = false
        /// Whether `Connect` has not answered yet. bluetoothd shows `Connected=true` before the link is encrypted, and
        /// answers after that.
        var isConnectPending = false
        /// Whether the connection may bond: see ``BondRenewal``.
        var bonds = false
        /// Whether `Pair` was called: once is enough.
        var hasPaired = false
        /// Whether `Connected=true` was seen: before that `false` does not mean that the link is lost.
        var wasConnected = false
        /// Whether the session receives packets. It does until the link is gone.
        var isSubscribed = false
        /// The details to read from the strap; nil before its first measurement.
        var unread: [StrapCharacteristic]?
        /// Whether the services went away while `StartNotify` was unanswered: bluetoothd takes them away before it says
        /// that the link is lost.
        var hasAskedInVain = false
        /// The Heart Rate Measurements that refused to notify, and the first refusal.
        var refused: [ObjectPath] = []
        var refusal: BusError?
        /// Whether a measurement came, with or without a heart rate.
        var hasMeasured = false
        /// Whether the next measurement is late.
        var isLate = false
        /// Notifications in a row that are no measurement.
        var malformed = 0
        /// Whether the time of the candidate to send a heart rate is over.
        var isTrialOver = false
    }

    /// The content of the packets.
    enum Hearing: Equatable, Sendable {
        case nothingYet
        case heartRate
        case noHeartRate(StrapState.Reason)
        /// Notifications that are no measurements.
        case malformed

        init(_ measurement: HeartRateMeasurement) {
            self = measurement.isHeartRate ? .heartRate : .noHeartRate(.ofNoHeartRate(measurement))
        }
    }

    /// The reason and the manner of a disconnection.
    struct Departure: Equatable, Sendable {
        var reason: StrapState.Reason
        /// Whether to remove the device's object with its bond, which the strap has lost.
        var forgets = false
        /// Whether to remove the device's object to empty bluetoothd's cache of its services: see ``CacheRenewal``.
        var emptiesCache = false
        /// Whether the link failed.
        var isFailure = true
        /// Whether other straps must wait for the adapter until the device is gone.
        var holdsTurn = false
        var isAnswered = false
    }

    let configuration: StrapConfiguration
    var state = State.searching
    /// Failures since the last heart rate.
    var failures = 0
    /// Why the strap is not live any more; nil while it has not been tried.
    var lastFailure: StrapState.Reason?
    /// Why the search that is on cannot find the strap; nil while it can.
    var searchFailure: StrapState.Reason?
    /// The device that ``StrapSelector/first`` has settled on.
    var bound: StrapIdentity?
    /// The devices that ``StrapSelector/first`` has rejected.
    var rejected = RejectedDevices()
    /// How long those are not tried again.
    var patience = StrapLimits.patience
    var cache = CacheRenewal()
    /// The removed device that was marked as trusted.
    var trustedBeforeRemoval: BluetoothAddress?
    /// How often the strap sends, and the device that does.
    var rhythm = SendingRhythm()
    var sender: StrapIdentity?
    /// Heart Rate Measurements that notify nothing: the other one of two is tried first.
    var silentPaths: [ObjectPath] = []
    /// The times that run.
    var timers: Set<SessionTimer> = []
    /// The number of failed waits in a row for `Connect` of another program.
    var waitsForOthers = 0
    /// Connections in a row that ended before they were encrypted, though there is a bond.
    var refusals = 0
    var renewal = BondRenewal.idle
    /// Whether the agent was asked for, and not dismissed.
    var hasAgent = false
    /// The device that the session was at last.
    var lastDevice: StrapState.Device?
    /// The details of the strap, and the address of their device.
    var details = StrapDetails()
    var detailsAddress: BluetoothAddress?
    /// The details that this device did not answer.
    var unanswered: Set<StrapCharacteristic> = []
    var battery = BatteryWatch()
    /// In broadcast mode: the received broadcasts.
    var frames = BroadcastFrames()
    private var lastAttempt = 0
    private var reported: StrapState?
    /// The attempt whose last event was a heart rate: another one changes nothing but the rhythm and the deadline.
    private var steadyAttempt: Int?

    init(_ configuration: StrapConfiguration) {
        self.configuration = configuration
    }

    /// Takes in an event. Perform the returned actions in order.
    mutating func handle(_ event: Event) -> [Action] {
        var actions: [Action] =
            switch event {
            case .observed(let view): observe(view)
            case .granted(let othersWait): connect(othersWait: othersWait)
            case .connectAnswered(let attempt, let error): connectAnswered(attempt, error)
            case .subscribeAnswered(let attempt, let error): subscribeAnswered(attempt, error)
            case .readAnswered(let attempt, let characteristic, let answer):
                readAnswered(attempt, characteristic, answer)
            case .disconnectAnswered(let attempt): disconnectAnswered(attempt)
            case .agentAnswered(let attempt, let error): agentAnswered(attempt, error)
            case .pairAnswered(let attempt, let error): pairAnswered(attempt, error)
            case .renewalPauseOver: renewalPauseOver()
            case .timerPassed(let timer): timerPassed(timer)
            case .measured(let attempt, let measurement, let arrival): measured(attempt, measurement, at: arrival)
            case .malformed(let attempt): malformed(attempt)
            case .broadcastReceived(let attempt, let broadcast, let at): broadcastReceived(attempt, broadcast, at: at)
            case .deadlinePassed: deadlinePassed()
            case .stop: stop()
            }
        if hasAgent && !isBonding {
            hasAgent = false
            actions.append(.unregisterAgent)
        }
        actions += updateTimers()
        if let device = link?.device { lastDevice = StrapState.Device(address: device.address, name: device.name) }
        let status = status
        if status != reported {
            reported = status
            actions.append(.report(status))
        }
        steadyAttempt = nil
        if case .measured(let attempt, let measurement, _) = event, measurement.isHeartRate,
            case .listening(let link, _, .heartRate) = state, link.attempt == attempt, !link.bonds
        {
            steadyAttempt = attempt
        }
        return actions
    }

    /// Takes in a heart rate that directly follows another one, as nearly all events are. Returns the time until the
    /// next one is late. This does the same as ``handle(_:)`` at a fraction of the cost. Nil for all other events.
    mutating func handleSteadily(_ event: Event) -> Duration? {
        guard let steadyAttempt, case .measured(steadyAttempt, let measurement, let arrival) = event,
            measurement.isHeartRate
        else { return nil }
        rhythm.note(arrival)
        return rhythm.lateness
    }

    /// Moves to `next` and sets its deadline; nil for none.
    mutating func enter(_ next: State, until wait: DeadlineSpec? = nil) -> [Action] {
        state = next
        return [.setDeadline(wait)]
    }

    /// Starts and stops timers for the present state. A running timer continues.
    private mutating func updateTimers() -> [Action] {
        let wanted = timersOfState
        return SessionTimer.allCases.compactMap { timer in
            if let duration = wanted[timer] {
                return timers.insert(timer).inserted ? .setTimer(timer, .exactly(duration)) : nil
            }
            return timers.remove(timer) == nil ? nil : .setTimer(timer, nil)
        }
    }

    mutating func newLink(to device: BlueZSnapshot.Device) -> Link {
        lastAttempt += 1
        if sender?.fits(device) != true {
            rhythm = SendingRhythm()
            silentPaths = []
        }
        sender = StrapIdentity(device)
        return Link(
            device: device, attempt: lastAttempt, bonds: renewal.isDue, wasConnected: device.isConnected)
    }
}
