import DBus

/// Scans with one adapter, and gives it free for a connection: pure.
///
/// The adapter is the one that is asked for, else the first that is on, else the first, which is then switched on. It is
/// kept; when it goes, or is switched off by somebody, the scan is over.
struct ScanMachine: Sendable {
    enum Event: Equatable, Sendable {
        case observed(BlueZSnapshot)
        case adapter(AdapterScheduler.Event)
    }

    enum Action: Equatable, Sendable {
        case adapter(ObjectPath, AdapterScheduler.Action)
        /// The scan has been stopped for a connection, as demanded.
        case granted
        /// Nothing can be done until somebody mends the machine.
        case blocked(StrapState.Reason)
    }

    /// nil takes any.
    let adapterAddress: BluetoothAddress?
    private(set) var nearby = NearbyDevices()
    private(set) var snapshot: BlueZSnapshot?
    private var demand = StrapSession.Demand.scan
    private var adapterPath: ObjectPath?
    private var scheduler = AdapterScheduler()

    init(adapter: BluetoothAddress?) {
        adapterAddress = adapter
    }

    /// Whether BlueZ does not scan for us, nor is about to.
    var isOff: Bool {
        guard let adapterPath, snapshot?.adapters[adapterPath] != nil else { return true }
        return switch scheduler.scan {
        case .off, .pausing: true
        case .starting, .on, .stopping: false
        }
    }

    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .observed(let new):
            if let snapshot, new.revision <= snapshot.revision { return [] }
            snapshot = new
            return observe(new)
        case .adapter(.powerAnswered(let error?)): return [.blocked(reason(for: error))]
        case .adapter(.startAnswered(let error?)) where !error.isInProgress && !error.isNotReady:
            _ = scheduler.handle(.startAnswered(error))
            return [.blocked(error.isAccessDenied ? .busAccessDenied("\(error)") : .scanFailed(error))]
        case .adapter(let event): return perform(scheduler.handle(event))
        }
    }

    /// Changes what the adapter is wanted for.
    mutating func demand(_ new: StrapSession.Demand) -> [Action] {
        demand = new
        return schedule()
    }

    private mutating func observe(_ snapshot: BlueZSnapshot) -> [Action] {
        if let reason = snapshot.unavailable { return [.blocked(reason)] }
        adapterPath = adapterPath ?? choice(in: snapshot)
        guard let adapter = adapterPath.flatMap({ snapshot.adapters[$0] }) else {
            return [.blocked(.adapterMissing(adapterAddress))]
        }
        nearby.observe(snapshot, on: adapter, others: adapterAddress == nil)
        let actions = schedule()
        return scheduler.power == .switchedOff ? [.blocked(.adapterOff(adapter.address, adapter.block))] : actions
    }

    private func choice(in snapshot: BlueZSnapshot) -> ObjectPath? {
        snapshot.adapters.values
            .filter { adapterAddress == nil || $0.address == adapterAddress }
            .min { ($0.isPowered ? 0 : 1, $0.path) < ($1.isPowered ? 0 : 1, $1.path) }?.path
    }

    private mutating func schedule() -> [Action] {
        guard let adapter = adapterPath.flatMap({ snapshot?.adapters[$0] }) else { return [] }
        let observed = AdapterScheduler.Event.observed(
            adapter, demands: [0: demand], filter: .everyAdvertisement)
        return perform(scheduler.handle(observed))
    }

    private func perform(_ actions: [AdapterScheduler.Action]) -> [Action] {
        actions.compactMap { action in
            if case .grant = action { return .granted }
            return adapterPath.map { .adapter($0, action) }
        }
    }

    private func reason(for error: BusError) -> StrapState.Reason {
        if error.isAccessDenied { return .busAccessDenied("\(error)") }
        let adapter = adapterPath.flatMap { snapshot?.adapters[$0] }
        return adapter.map { .adapterOff($0.address, $0.block) } ?? .adapterMissing(nil)
    }
}
