import DBus

/// Which strap: looking, choosing, and waiting for the adapter.
extension PairingMachine {
    /// Takes in the present objects of BlueZ.
    mutating func observe() -> [Action] {
        switch state {
        case .searching: show() + search()
        case .gathering, .choosing, .forgetting, .leaving, .finished: []
        case .queued(let link):
            scan.snapshot?.devices[link.device.path] == nil ? searchAgain() : []
        default: observeLink()
        }
    }

    mutating func show() -> [Action] {
        guard request == nil, scan.nearby.all != shown else { return [] }
        shown = scan.nearby.all
        return [.show(shown)]
    }

    private var selector: StrapSelector? { enlisted.map(StrapSelector.address) ?? request?.selector }

    /// Each device once, as the adapter shows it that reaches it best; in the order of their paths.
    private var fitting: [BlueZSnapshot.Device] {
        guard let selector, let snapshot = scan.snapshot else { return [] }
        return SearchRule.distinct(
            snapshot.devices.values.filter { device in
                guard device.isPresent, let nearby = scan.nearby[device.path] else { return false }
                return selector == .first ? nearby.isHeartRateStrap : selector.matches(device)
            })
    }

    private mutating func search() -> [Action] {
        guard let first = fitting.first, let selector else { return [] }
        if case .address = selector { return take(first) }
        return enter(.gathering, until: .exactly(PairingLimits.gather))
    }

    /// Without a selector, the user sees the devices before anything is done with them.
    private var asksAlways: Bool { isInteractive && request?.selector == .first }

    mutating func gathered() -> [Action] {
        let fitting = fitting
        switch fitting.count {
        case 0: return searchAgain()
        case 1 where !asksAlways: return take(fitting[0])
        default:
            let devices = fitting.compactMap { scan.nearby[$0.path] }
            guard isInteractive else { return leave(.failed(.ambiguous(devices))) }
            return enter(.choosing) + [.ask(devices)]
        }
    }

    mutating func chosen(_ choice: PairingChoice) -> [Action] {
        guard state == .choosing else { return [] }
        switch choice {
        case .device(let address):
            guard let device = fitting.first(where: { $0.address == address }) else { return searchAgain() }
            return take(device)
        case .lookAgain: return searchAgain()
        case .giveUp: return leave(.failed(.stopped))
        }
    }

    mutating func searchAgain() -> [Action] {
        let demanded = perform(scan.demand(.scan))
        return demanded + enter(.searching, until: .exactly(PairingLimits.search)) + search()
    }

    private mutating func take(_ device: BlueZSnapshot.Device) -> [Action] {
        let link = Link(device: device)
        if device.isConnected { return registerAgent(link) + perform(scan.demand(.nothing)) }
        return enter(.queued(link)) + perform(scan.demand(.turn, on: device.adapterPath))
    }

    mutating func granted() -> [Action] {
        guard case .queued(var link) = state else { return [] }
        // Another program may have connected it by now.
        link.device = scan.snapshot?.devices[link.device.path] ?? link.device
        return registerAgent(link) + perform(scan.demand(.quiet, on: link.device.adapterPath))
    }

    private mutating func registerAgent(_ link: Link) -> [Action] {
        if enlisted != nil { return approach(link) }
        return enter(.registeringAgent(link)) + [.registerAgent(for: link.device.path)]
    }
}
