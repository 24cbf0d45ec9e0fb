import DBus

/// Scans with every adapter that ``SearchRule`` names, and gives one of them free for a connection: pure.
///
/// Adapters that come or are switched on join in, and those that go leave. When none is left, or none can scan, the
/// scan is over.
struct ScanMachine: Sendable {
    enum Event: Equatable, Sendable {
        case observed(BlueZSnapshot)
        case adapter(ObjectPath, AdapterScheduler.Event)
    }

    enum Action: Equatable, Sendable {
        case adapter(ObjectPath, AdapterScheduler.Action)
        /// The scan has been stopped for a connection, as demanded.
        case granted
        /// Bluetooth does not work on this machine.
        case blocked(StrapState.Reason)
    }

    /// An adapter that is "not ready" this often in a row does not become ready by itself.
    static let toleratedRefusals = 4

    private let rule: SearchRule
    private(set) var nearby = NearbyDevices()
    private(set) var snapshot: BlueZSnapshot?
    private var demand = StrapSession.Demand.scan
    /// The adapter for which ``demand`` is meant; nil for all.
    private var demandPath: ObjectPath?
    private var schedulers: [ObjectPath: AdapterScheduler] = [:]
    /// Why an adapter cannot scan; it is tried again while another one can.
    private var failures: [ObjectPath: StrapState.Reason] = [:]

    /// - Parameter adapter: the only one to use; nil takes any.
    init(adapter: BluetoothAddress?) {
        rule = SearchRule(adapter: adapter)
    }

    /// Whether BlueZ does not scan for us, nor is about to.
    var isOff: Bool {
        schedulers.allSatisfy { path, scheduler in
            guard snapshot?.adapters[path] != nil else { return true }
            return switch scheduler.scan {
            case .off, .pausing: true
            case .starting, .on, .stopping: false
            }
        }
    }

    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .observed(let new):
            if let snapshot, new.revision <= snapshot.revision { return [] }
            snapshot = new
            return observe(new)
        case .adapter(let path, let event):
            guard var scheduler = schedulers[path] else { return [] }
            let actions = perform(scheduler.handle(event), on: path)
            schedulers[path] = scheduler
            return noteFailure(of: path, after: event) ?? actions
        }
    }

    /// Changes the demand on the adapters: all of them, or one while the others are quiet.
    mutating func demand(_ new: StrapSession.Demand, on adapter: ObjectPath? = nil) -> [Action] {
        demand = new
        demandPath = adapter
        return schedule()
    }

    private mutating func observe(_ snapshot: BlueZSnapshot) -> [Action] {
        if let reason = snapshot.unavailable { return [.blocked(reason)] }
        let adapters = rule.adapters(in: snapshot)
        guard let first = adapters.first else { return [.blocked(.adapterMissing(rule.adapter))] }
        nearby.observe(snapshot, on: adapters)
        let actions = schedule()
        guard adapters.count == 1, schedulers[first.path]?.power == .switchedOff else { return actions }
        return [.blocked(.adapterOff(first.address, first.block))]
    }

    private mutating func schedule() -> [Action] {
        guard let snapshot, snapshot.unavailable == nil else { return [] }
        var actions: [Action] = []
        for path in schedulers.keys.sorted() where snapshot.adapters[path] == nil {
            schedulers[path] = nil
            failures[path] = nil
            actions.append(.adapter(path, .setDeadline(nil)))
        }
        let searching = Set(rule.adapters(in: snapshot).map(\.path))
        for adapter in snapshot.adapters.values.sorted(by: { $0.path < $1.path })
        where searching.contains(adapter.path) || schedulers[adapter.path] != nil {
            let isMeant = searching.contains(adapter.path) && (demandPath == nil || demandPath == adapter.path)
            let observed = AdapterScheduler.Event.observed(
                adapter, demands: [0: isMeant ? demand : .nothing], filter: .everyAdvertisement)
            var scheduler = schedulers[adapter.path] ?? AdapterScheduler()
            actions += perform(scheduler.handle(observed), on: adapter.path)
            schedulers[adapter.path] = scheduler
        }
        return actions
    }

    private func perform(_ actions: [AdapterScheduler.Action], on path: ObjectPath) -> [Action] {
        actions.map { action in
            if case .grant = action { return .granted }
            return .adapter(path, action)
        }
    }

    /// The end of the scan when no adapter can do it; nil while one can.
    private mutating func noteFailure(of path: ObjectPath, after event: AdapterScheduler.Event) -> [Action]? {
        guard let adapter = snapshot?.adapters[path], let scheduler = schedulers[path] else { return nil }
        switch event {
        case .powerAnswered(let error?): failures[path] = AdapterFailure.powerRefused(error).reason(on: adapter)
        case .startAnswered(let error?) where !error.isInProgress:
            if error.isNotReady, scheduler.scanFailures < Self.toleratedRefusals { return nil }
            failures[path] = AdapterFailure.scanRefused(error).reason(on: adapter)
        case .startAnswered: failures[path] = nil
        default: return nil
        }
        let adapters = snapshot.map(rule.adapters(in:)) ?? []
        guard let reason = failures[path], adapters.allSatisfy({ failures[$0.path] != nil }) else { return nil }
        return [.blocked(reason)]
    }
}
