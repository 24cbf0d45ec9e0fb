import DBus

/// All sessions and adapters together: pure. Assigns devices and adapters to straps.
struct CentralMachine: Sendable {
    enum Event: Equatable, Sendable {
        case observed(BlueZSnapshot)
        /// Something for the session with this number.
        case strap(Int, StrapSession.Event)
        case adapter(ObjectPath, AdapterScheduler.Event)
        /// These straps are wanted from now on, and no others.
        case configured([StrapConfiguration])
        case stop
    }

    enum Action: Equatable, Sendable {
        case strap(Int, StrapSession.Action)
        case adapter(ObjectPath, AdapterScheduler.Action)
        /// For the log: one adapter cannot search, but others can, so that no state of a strap shows it.
        case warn(StrapState.Reason)
    }

    /// Their indices are their numbers, so a removed session keeps its index.
    private(set) var sessions: [StrapSession]
    /// Sessions that are not wanted any more: on their way to their end, or there.
    private(set) var removed: Set<Int> = []
    private var isStopping = false
    private(set) var schedulers: [ObjectPath: AdapterScheduler] = [:]
    private var snapshot: BlueZSnapshot?
    /// By strap: the device, on its adapter, at which the last attempt failed.
    private var failedPaths: [Int: ObjectPath] = [:]

    init(_ straps: [StrapConfiguration]) {
        sessions = straps.map(StrapSession.init)
    }

    /// Whether every session has ended, and none will begin.
    var isStopped: Bool { isStopping && sessions.allSatisfy { $0.state == .stopped } }

    /// Takes in an event. Perform the returned actions in order.
    mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .observed(let new):
            if let snapshot, new.revision <= snapshot.revision { return [] }
            snapshot = new
            return settle()
        case .strap(let strap, let event):
            if let lateness = sessions[strap].handleSteadily(event) {
                return [.strap(strap, .setDeadline(.exactly(lateness)))]
            }
            let (wasListening, demand) = (sessions[strap].isListening, sessions[strap].demand)
            let actions = send(strap, event)
            // The packets of a strap that is listened to change nothing for the others.
            let isCalm = wasListening && sessions[strap].isListening && sessions[strap].demand == demand
            if case .timerPassed = event { return actions + settle() }
            return isCalm ? actions : actions + settle()
        case .adapter(let path, let event):
            let before = schedulers[path]?.lastFailure
            let actions = schedulers[path]?.handle(event) ?? []
            return warn(of: path, before) + perform(actions, of: path) + settle()
        case .configured(let straps): return change(to: straps)
        case .stop:
            isStopping = true
            return sessions.indices.flatMap { send($0, .stop) } + settle()
        }
    }

    /// Stops the sessions of straps that are not wanted any more, or not in that way, and begins those of new ones.
    private mutating func change(to straps: [StrapConfiguration]) -> [Action] {
        guard !isStopping else { return [] }
        var missing = straps
        var actions: [Action] = []
        for strap in sessions.indices where !removed.contains(strap) {
            if let place = missing.firstIndex(of: sessions[strap].configuration) {
                missing.remove(at: place)
            } else {
                removed.insert(strap)
                actions += send(strap, .stop)
            }
        }
        guard !missing.isEmpty || !actions.isEmpty else { return [] }
        sessions += missing.map(StrapSession.init)
        return actions + settle()
    }

    /// Shows the snapshot to all sessions and adapters until none of them has more actions.
    private mutating func settle() -> [Action] {
        guard let snapshot else { return [] }
        var actions: [Action] = []
        var before: [StrapSession.State]
        var troubles: [ObjectPath: AdapterFailure]
        repeat {
            before = sessions.map(\.state)
            troubles = schedulers.compactMapValues(\.lastFailure)
            for strap in sessions.indices {
                actions += send(strap, .observed(view(of: strap, in: snapshot)))
            }
            actions += schedule(snapshot)
        } while sessions.map(\.state) != before || schedulers.compactMapValues(\.lastFailure) != troubles
        return actions
    }

    private mutating func send(_ strap: Int, _ event: StrapSession.Event) -> [Action] {
        let (failures, path) = (sessions[strap].failures, sessions[strap].link?.device.path)
        let actions = sessions[strap].handle(event)
        if sessions[strap].failures > failures, let path { failedPaths[strap] = path }
        if sessions[strap].failures == 0 { failedPaths[strap] = nil }
        return actions.map { .strap(strap, $0) }
    }

    // MARK: Adapters

    private mutating func schedule(_ snapshot: BlueZSnapshot) -> [Action] {
        var actions: [Action] = []
        for path in schedulers.keys.sorted() where snapshot.adapters[path] == nil {
            schedulers[path] = nil
            actions.append(.adapter(path, .setDeadline(nil)))
        }
        let adaptersOfStraps = sessions.map { paths(ofAdaptersFor: $0, in: snapshot) }
        for adapter in snapshot.adapters.values.sorted(by: { $0.path < $1.path }) {
            let users = sessions.indices.filter { adaptersOfStraps[$0].contains(adapter.path) }
            if users.isEmpty && schedulers[adapter.path] == nil { continue }
            let demands = Dictionary(uniqueKeysWithValues: users.map { ($0, sessions[$0].demand) })
            let observed = AdapterScheduler.Event.observed(adapter, demands: demands, filter: filter(for: users))
            let due = schedulers[adapter.path, default: AdapterScheduler()].handle(observed)
            actions += perform(due, of: adapter.path)
        }
        return actions
    }

    /// The least that all who want a scan of their adapter can do with.
    private func filter(for users: [Int]) -> ScanFilter {
        let scanning = users.map { sessions[$0] }.filter { $0.demand == .scan || $0.demand == .hearing }
        if scanning.contains(where: { $0.configuration.mode == .broadcast }) { return .everyAdvertisement }
        return scanning.contains { $0.configuration.needsUnfilteredScan } ? .everything : .heartRateService
    }

    /// Grants turns. The other actions are for the loop.
    private mutating func perform(_ actions: [AdapterScheduler.Action], of path: ObjectPath) -> [Action] {
        actions.flatMap { action -> [Action] in
            guard case .grant(let strap, let othersWait) = action else { return [.adapter(path, action)] }
            return send(strap, .granted(othersWait: othersWait))
        }
    }

    /// The adapter of the session's device, and those that are to find one.
    private func paths(ofAdaptersFor session: StrapSession, in snapshot: BlueZSnapshot) -> Set<ObjectPath> {
        let own: Set<ObjectPath> = session.link.map { [$0.device.adapterPath] } ?? []
        guard session.link == nil || session.wantsAnother else { return own }
        return own.union(rule(of: session).adapters(in: snapshot).map(\.path))
    }

    private func rule(of session: StrapSession) -> SearchRule { SearchRule(adapter: session.configuration.adapter) }

    /// Warns of an adapter that cannot search any more, unless it is the only one.
    private func warn(of path: ObjectPath, _ before: AdapterFailure?) -> [Action] {
        guard let lastFailure = schedulers[path]?.lastFailure, lastFailure != before,
            let adapter = snapshot?.adapters[path],
            schedulers.contains(where: { $0.key != path && $0.value.power == .on && $0.value.lastFailure == nil })
        else { return [] }
        return [.warn(lastFailure.reason(on: adapter))]
    }

    // MARK: Devices

    private func view(of strap: Int, in snapshot: BlueZSnapshot) -> StrapSession.View {
        let session = sessions[strap]
        if let reason = snapshot.unavailable { return StrapSession.View(blockage: reason) }
        if let link = session.link { return view(of: link, for: strap, in: snapshot) }
        let adapters = rule(of: session).adapters(in: snapshot)
        guard let first = adapters.first else {
            return StrapSession.View(blockage: .adapterMissing(session.configuration.adapter))
        }
        guard first.isPowered else { return StrapSession.View(blockage: reasonForOff(first)) }
        if let candidate = candidate(for: strap, in: snapshot) { return StrapSession.View(candidate: candidate) }
        return StrapSession.View(searchFailure: searchFailure(of: strap, on: adapters, in: snapshot))
    }

    private func view(
        of link: StrapSession.Link, for strap: Int, in snapshot: BlueZSnapshot
    ) -> StrapSession.View {
        let configuration = sessions[strap].configuration
        guard let adapter = snapshot.adapters[link.device.adapterPath] else {
            let isReplaced = configuration.adapter == nil && !snapshot.adapters.isEmpty
            return StrapSession.View(blockage: isReplaced ? .adapterGone : .adapterMissing(configuration.adapter))
        }
        guard adapter.isPowered else { return StrapSession.View(blockage: reasonForOff(adapter)) }
        return StrapSession.View(
            device: snapshot.devices[link.device.path],
            hasAlternative: sessions[strap].wantsAnother && hasAlternative(for: strap, in: snapshot))
    }

    private func reasonForOff(_ adapter: BlueZSnapshot.Adapter) -> StrapState.Reason {
        schedulers[adapter.path]?.lastFailure?.reason(on: adapter) ?? .adapterOff(adapter.address, adapter.block)
    }

    /// The reason why the search cannot find the strap: no adapter scans, or its device serves another strap or is
    /// gone.
    private func searchFailure(
        of strap: Int, on adapters: [BlueZSnapshot.Adapter], in snapshot: BlueZSnapshot
    ) -> StrapState.Reason? {
        let reasons = adapters.map { schedulers[$0.path]?.lastFailure?.reason(on: $0) }
        if let reason = reasons.first, let reason, reasons.allSatisfy({ $0 != nil }) { return reason }
        let configuration = sessions[strap].configuration
        if configuration.selector != .first {
            let taken = sessions.indices.first { other in
                guard other != strap, let device = sessions[other].link?.device else { return false }
                return configuration.matches(snapshot.devices[device.path] ?? device)
            }
            if let taken, let device = sessions[taken].link?.device {
                return .deviceTaken(device.address, by: sessions[taken].configuration.name)
            }
        }
        if configuration.mode == .broadcast, let device = deviceConnectedElsewhere(for: configuration, in: snapshot) {
            return .broadcasterConnected(device.address)
        }
        guard case .address(let address) = configuration.selector, address.isCertainlyPrivate else { return nil }
        return .addressChanges(address)
    }

    /// A device that fits and that another program is connected to.
    private func deviceConnectedElsewhere(
        for configuration: StrapConfiguration, in snapshot: BlueZSnapshot
    ) -> BlueZSnapshot.Device? {
        let ours = Set(sessions.compactMap { $0.link?.device.address })
        return snapshot.devices.values
            .filter { $0.isConnected && configuration.matches($0) && !ours.contains($0.address) }
            .min { $0.path < $1.path }
    }

    /// The device to go for, on whatever adapter may be used.
    private func candidate(for strap: Int, in snapshot: BlueZSnapshot) -> BlueZSnapshot.Device? {
        let session = sessions[strap]
        guard session.wantsDevice else { return nil }
        return bestDevice(for: strap, in: snapshot)
    }

    /// Whether there is a suitable device that the strap has not tried yet.
    private func hasAlternative(for strap: Int, in snapshot: BlueZSnapshot) -> Bool {
        let session = sessions[strap]
        guard let best = bestDevice(for: strap, in: snapshot, besides: session.link?.device.address) else {
            return false
        }
        return !session.rejected.contains(best.address)
    }

    private func bestDevice(
        for strap: Int, in snapshot: BlueZSnapshot, besides own: BluetoothAddress? = nil
    ) -> BlueZSnapshot.Device? {
        let session = sessions[strap]
        // One after the other: a program has one agent.
        if session.renewal.isDue, sessions.contains(where: { $0.link?.bonds == true }) { return nil }
        let rule = rule(of: session)
        let fitting = snapshot.devices.values.filter {
            $0.address != own && rule.reaches($0, in: snapshot) && isFor(strap, $0)
        }
        return SearchRule.best(of: fitting, avoiding: session.rejected.contains, after: failedPaths[strap])
    }

    /// Whether the strap asks for this device and no other has more right to it.
    private func isFor(_ strap: Int, _ device: BlueZSnapshot.Device) -> Bool {
        let session = sessions[strap]
        let configuration = session.configuration
        guard configuration.matches(device), configuration.canReach(device) else { return false }
        if let bound = session.bound, !bound.fits(device) { return false }
        return !sessions.indices.contains { other in
            let theirs = sessions[other]
            guard other != strap, theirs.state != .stopped else { return false }
            if theirs.link?.device.address == device.address || theirs.bound?.address == device.address { return true }
            // Theirs may be back with another private address.
            if theirs.link == nil, session.bound == nil, theirs.bound?.fits(device) == true { return true }
            let selector = theirs.configuration.selector
            return configuration.selector == .first && selector != .first && selector.matches(device)
        }
    }
}

extension StrapSession {
    fileprivate var isListening: Bool {
        switch state {
        case .listening, .receivingBroadcast: true
        default: false
        }
    }

    fileprivate var wantsDevice: Bool {
        switch state {
        case .searching, .blocked: true
        default: false
        }
    }
}
