import DBus
import Timing

/// Decides when to register the GATT application and the advertisement of a ``HeartRatePeripheral``: events in, actions
/// out. It has no clock and no I/O.
///
/// - The application is registered while its adapter is there, so that a reader keeps its handles.
/// - The advertisement is registered while a heart rate is live.
/// - When a link on the adapter begins or ends, the advertisement is registered again: some versions of BlueZ and of
///   the kernel stop it at the first reader.
struct PeripheralMachine {
    struct Adapter: Equatable {
        var path: ObjectPath
        var address: BluetoothAddress
        var isPowered: Bool
        /// Whether bluetoothd lets programs serve and advertise there.
        var isPeripheral: Bool
    }

    enum Registration: Hashable {
        case application, advertisement
    }

    enum Event {
        /// All adapters; nil while bluetoothd does not run.
        case adapters([Adapter]?)
        /// Whether there is a heart rate to serve.
        case live(Bool)
        case registered(Registration, on: ObjectPath, failure: BusError?)
        case unregistered(Registration, on: ObjectPath)
        /// bluetoothd has ended the advertisement.
        case released
        /// A link on this adapter has begun or ended.
        case linkChanged(on: ObjectPath)
        /// The time that ``Action/wake(at:)`` asked for.
        case wake
    }

    enum Action: Equatable {
        case register(Registration, on: ObjectPath)
        case unregister(Registration, on: ObjectPath)
        case wake(at: Duration)
        /// Nil if the peripheral works.
        case report(PeripheralFault?)
    }

    private enum State: Equatable {
        case absent
        case registering
        case registered
        case unregistering
    }

    /// Phones connect, read the services and subscribe within this time.
    static let settling: Duration = .seconds(1)
    /// The least time between two registrations of the advertisement.
    static let advertisingInterval: Duration = .seconds(2)
    static let backoff = Backoff(base: .seconds(1), cap: .seconds(30))

    private let address: BluetoothAddress?
    private var randomNumbers: any RandomNumberGenerator & Sendable
    private var adapters: [Adapter]? = []
    /// Whether the adapters are known.
    private var hasLooked = false
    private var adapter: Adapter?
    private var isLive = false
    private var states: [Registration: State] = [:]
    private var failures = 0
    private var failure: BusError?
    private var retryAt: Duration?
    /// When the advertisement is registered again because of a changed link.
    private var renewAt: Duration?
    private var lastAdvertised: Duration?
    private var reported: PeripheralFault??

    /// `address` is the adapter's; nil for the first one that can do it.
    init(
        adapter address: BluetoothAddress?,
        randomNumbers: any RandomNumberGenerator & Sendable = SystemRandomNumberGenerator()
    ) {
        self.address = address
        self.randomNumbers = randomNumbers
    }

    /// Handles an event. Returns the actions in their order. `now` is any time that never goes back.
    mutating func handle(_ event: Event, now: Duration) -> [Action] {
        var actions: [Action] = []
        switch event {
        case .adapters(let adapters):
            hasLooked = true
            choose(among: adapters, &actions)
        case .live(let isLive): self.isLive = isLive
        case .registered(let registration, let path, let failure):
            guard path == adapter?.path, states[registration] == .registering else { break }
            note(registration, failure, on: path, now: now, &actions)
        case .unregistered(let registration, let path):
            guard path == adapter?.path, states[registration] == .unregistering else { break }
            states[registration] = .absent
        case .released:
            guard states[.advertisement] == .registered else { break }
            states[.advertisement] = .absent
            retryAt = now + Self.settling
        case .linkChanged(let path):
            // A reader may connect before bluetoothd has answered.
            let isOnAir = [.registered, .registering].contains(state(.advertisement))
            if path == adapter?.path, isOnAir, renewAt == nil {
                renewAt = max(now + Self.settling, (lastAdvertised ?? now) + Self.advertisingInterval)
            }
        case .wake: break
        }
        advance(now: now, &actions)
        return actions
    }

    private mutating func choose(among adapters: [Adapter]?, _ actions: inout [Action]) {
        self.adapters = adapters
        let before = adapter
        let fitting = (adapters ?? []).filter { $0.address == address ?? $0.address }.sorted { $0.path < $1.path }
        // The present one stays while it works.
        adapter =
            fitting.first { $0.path == before?.path && $0.isUsable } ?? fitting.first(where: \.isUsable)
            ?? fitting.first
        if adapter?.path != before?.path {
            if let before, adapters?.contains(where: { $0.path == before.path }) == true {
                let left = [Registration.advertisement, .application].filter { states[$0] == .registered }
                actions += left.map { Action.unregister($0, on: before.path) }
            }
            states = [:]
            (retryAt, renewAt, failure, failures) = (nil, nil, nil, 0)
        } else if adapter?.isPowered == true, before?.isPowered == false {
            // The kernel may have forgotten it.
            if states[.advertisement] == .registered { renewAt = .zero }
            retryAt = nil
        }
    }

    private mutating func note(
        _ registration: Registration, _ failure: BusError?, on path: ObjectPath, now: Duration,
        _ actions: inout [Action]
    ) {
        guard let failure else {
            states[registration] = .registered
            (self.failure, failures) = (nil, 0)
            if registration == .advertisement { lastAdvertised = now }
            return
        }
        failures += 1
        self.failure = failure
        states[registration] = .absent
        retryAt = now + Self.backoff.delay(afterFailures: failures, using: &randomNumbers)
        // A registration of before: it goes, and the next attempt is a new one.
        guard failure.isAlreadyExisting else { return }
        states[registration] = .unregistering
        if failures == 1 { retryAt = nil }
        actions.append(.unregister(registration, on: path))
    }

    private mutating func advance(now: Duration, _ actions: inout [Action]) {
        if let adapter, adapter.isUsable {
            let mayRegister = retryAt.map { $0 <= now } ?? true
            if mayRegister { retryAt = nil }
            if state(.application) == .absent, mayRegister { begin(.application, on: adapter, &actions) }
            if state(.application) == .registered {
                advanceAdvertisement(on: adapter, mayRegister: mayRegister, now: now, &actions)
            }
        }
        report(&actions)
        if let wake = [retryAt, renewAt].compactMap(\.self).min(), wake > now { actions.append(.wake(at: wake)) }
    }

    private mutating func advanceAdvertisement(
        on adapter: Adapter, mayRegister: Bool, now: Duration, _ actions: inout [Action]
    ) {
        switch state(.advertisement) {
        case .absent where isLive && mayRegister: begin(.advertisement, on: adapter, &actions)
        case .registered where !isLive || renewAt.map({ $0 <= now }) ?? false:
            renewAt = nil
            states[.advertisement] = .unregistering
            actions.append(.unregister(.advertisement, on: adapter.path))
        case .absent, .registered, .registering, .unregistering: break
        }
    }

    private func state(_ registration: Registration) -> State { states[registration] ?? .absent }

    private mutating func begin(_ registration: Registration, on adapter: Adapter, _ actions: inout [Action]) {
        states[registration] = .registering
        if registration == .advertisement { renewAt = nil }
        actions.append(.register(registration, on: adapter.path))
    }

    private mutating func report(_ actions: inout [Action]) {
        let fault = fault
        guard hasLooked, reported != .some(fault) else { return }
        reported = .some(fault)
        actions.append(.report(fault))
    }

    private var fault: PeripheralFault? {
        guard adapters != nil else { return .machine(.bluetoothdMissing) }
        guard let adapter else { return .machine(.adapterMissing(address)) }
        if !adapter.isPowered { return .machine(.adapterOff(adapter.address, nil)) }
        if !adapter.isPeripheral { return .noPeripheralRole(adapter.address) }
        // The first try may meet a registration of before.
        return failure.flatMap { failures > 1 || !$0.isAlreadyExisting ? PeripheralFault.refused($0) : nil }
    }
}

extension PeripheralMachine.Adapter {
    fileprivate var isUsable: Bool { isPowered && isPeripheral }
}
