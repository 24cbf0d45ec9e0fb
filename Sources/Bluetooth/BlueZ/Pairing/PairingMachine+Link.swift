import DBus
import HeartRate

/// From the chosen strap to three measurements.
extension PairingMachine {
    /// The device of the machine, from the first call about it.
    var link: Link? {
        get {
            switch state {
            case .registeringAgent(let link), .connecting(let link), .resolving(let link), .subscribing(let link, _),
                .pairing(let link, _), .trusting(let link, _), .listening(let link, _, _):
                link
            case .searching, .gathering, .choosing, .queued, .forgetting, .leaving, .finished: nil
            }
        }
        set {
            guard let newValue else { return }
            switch state {
            case .registeringAgent: state = .registeringAgent(newValue)
            case .connecting: state = .connecting(newValue)
            case .resolving: state = .resolving(newValue)
            case .subscribing(_, let path): state = .subscribing(newValue, to: path)
            case .pairing(_, let path): state = .pairing(newValue, for: path)
            case .trusting(_, let path): state = .trusting(newValue, to: path)
            case .listening(_, let path, let left): state = .listening(newValue, to: path, left: left)
            case .searching, .gathering, .choosing, .queued, .forgetting, .leaving, .finished: break
            }
        }
    }

    /// Compares the link with the present objects of BlueZ.
    mutating func observeLink() -> [Action] {
        guard let before = link?.device else { return [] }
        guard let device = scan.snapshot?.devices[before.path] else { return linkLost() }
        link?.device = device
        if device.isConnected { link?.wasConnected = true }
        // StartNotify alone pairs too, when the strap wants that.
        let actions: [Action] = device.isPaired && !before.isPaired ? [.progress(.paired)] : []
        switch state {
        case .connecting(let link):
            return link.waitsForOthers && device.isConnected ? actions + resolve(link) : actions
        case .registeringAgent, .pairing: return actions  // an answer comes, and says more
        case .resolving(let link) where device.isConnected: return actions + proceed(link)
        default:
            let isLost = !device.isConnected && link?.wasConnected == true
            return isLost ? actions + linkLost() : actions
        }
    }

    /// The link of another program may end because it failed without the agent that is registered now.
    private mutating func linkLost() -> [Action] {
        guard let link, !link.isOurs, !link.hasPaired, othersLinksLost < PairingLimits.connectAttempts else {
            return leave(.failed(.link(.linkLost)))
        }
        othersLinksLost += 1
        enlisted = link.device.address
        return searchAgain()
    }

    private func nearby(_ link: Link) -> NearbyDevice {
        scan.nearby[link.device.path] ?? NearbyDevice(link.device, on: link.device.address)
    }

    mutating func agentAnswered(_ error: BusError?) -> [Action] {
        guard case .registeringAgent(let link) = state else { return [] }
        if let error { return leave(.failed(.agentRefused(error))) }
        return approach(link)
    }

    mutating func approach(_ link: Link) -> [Action] {
        if link.device.isConnected { return [.progress(.sharing(nearby(link)))] + resolve(link) }
        return [.progress(.connecting(nearby(link)))] + connect(link)
    }

    private mutating func connect(_ link: Link) -> [Action] {
        var link = link
        link.attempts += 1
        link.isOurs = true
        link.waitsForOthers = false
        return enter(.connecting(link), until: .exactly(StrapLimits.connect)) + [.connect(link.device.path)]
    }

    mutating func connectAnswered(_ error: BusError?) -> [Action] {
        guard case .connecting(var link) = state else { return [] }
        guard let error else { return resolve(link) }
        link.isOurs = false
        if error.isAlreadyConnected { return resolve(link) }
        if error.isInProgress {
            link.waitsForOthers = true
            return enter(.connecting(link), until: .exactly(StrapLimits.connectWhileOthersWait))
        }
        guard error.isConnectionAborted else { return leave(.failed(.link(.connectFailed(error)))) }
        if link.attempts < PairingLimits.connectAttempts { return connect(link) }
        let isBonded = link.device.isPaired
        return leave(.failed(isBonded ? .bondRefused(link.device.address, error) : .link(.connectFailed(error))))
    }

    /// `Connect` of another program or of the kernel has failed, or our own hangs.
    mutating func notConnected(_ link: Link) -> [Action] {
        guard link.waitsForOthers, link.attempts < PairingLimits.connectAttempts else {
            return leave(.failed(.link(.connectTimedOut)))
        }
        return connect(link)
    }

    private mutating func resolve(_ link: Link) -> [Action] {
        enter(.resolving(link), until: .exactly(StrapLimits.resolve)) + proceed(link)
    }

    private mutating func proceed(_ link: Link) -> [Action] {
        guard link.device.isServicesResolved else { return [] }
        guard let path = link.device.measurementPath else {
            guard !link.hasRefreshed else { return [] }
            self.link?.hasRefreshed = true
            return [.setDeadline(.exactly(StrapLimits.gattObjects)), .refreshObjects]
        }
        if request?.pairsAlways == true, !link.device.isPaired { return pair(link, for: path) }
        return subscribe(link, to: path)
    }

    mutating func unresolved(_ link: Link) -> [Action] {
        let isResolved = link.device.isServicesResolved
        if let forgetting = forget(link) { return forgetting }
        return leave(.failed(.link(isResolved ? .noHeartRateService : .servicesNotResolved(StrapLimits.resolve))))
    }

    private mutating func subscribe(_ link: Link, to path: ObjectPath) -> [Action] {
        enter(.subscribing(link, to: path)) + [.subscribe(path)]
    }

    /// A strap that wants a bond either gets one through the agent while `StartNotify` waits, or refuses it: then
    /// `Pair` is called, once.
    mutating func subscribeAnswered(_ error: BusError?) -> [Action] {
        guard case .subscribing(let link, let path) = state else { return [] }
        if let error, !error.isInProgress { return subscribeRefused(link, path, error) }
        if link.device.isTrusted { return listen(link, to: path) }
        return enter(.trusting(link, to: path)) + [.trust(link.device.path)]
    }

    private mutating func subscribeRefused(_ old: Link, _ path: ObjectPath, _ error: BusError) -> [Action] {
        var link = old
        if error.isNotificationsTaken { return leave(.failed(.link(.notificationsTaken(error)))) }
        if error.mayMeanUnencrypted, !link.device.isPaired, !link.hasPaired { return pair(link, for: path) }
        link.refused.append(path)
        link.refusal = link.refusal ?? error
        if let other = link.device.measurementPaths.first(where: { !link.refused.contains($0) }) {
            return subscribe(link, to: other)
        }
        let refusal = link.refusal ?? error
        if refusal.mayMeanStaleCache, let forgetting = forget(link) { return forgetting }
        let reason = StrapState.Reason.subscribeFailed(refusal)
        let isBonded = refusal.mayMeanStaleCache && link.device.isPaired
        return leave(.failed(.link(isBonded ? reason.withAdviceForABond(of: link.device.address) : reason)))
    }

    /// Lets bluetoothd forget the device, once, and looks for it again: its memory of the services may be out of date.
    /// Nil where that would cost a bond, or another program its link.
    private mutating func forget(_ link: Link) -> [Action]? {
        guard link.isOurs, !link.device.isPaired, !hasForgotten else { return nil }
        hasForgotten = true
        enlisted = link.device.address
        return enter(.forgetting, until: .exactly(PairingLimits.leave))
            + [.removeDevice(link.device.path, adapter: link.device.adapterPath)]
    }

    mutating func removed() -> [Action] { state == .forgetting ? searchAgain() : [] }

    private mutating func pair(_ link: Link, for path: ObjectPath) -> [Action] {
        var link = link
        link.hasPaired = true
        return enter(.pairing(link, for: path)) + [.progress(.pairing), .pair(link.device.path)]
    }

    mutating func pairAnswered(_ error: BusError?) -> [Action] {
        guard case .pairing(let link, let path) = state else { return [] }
        if let error, !error.isAlreadyPaired { return leave(.failed(.pairingRefused(error))) }
        guard link.device.isConnected else { return leave(.failed(.link(.linkLost))) }
        return subscribe(link, to: path)
    }

    mutating func trustAnswered(_ error: BusError?) -> [Action] {
        guard case .trusting(let link, let path) = state else { return [] }
        if let error { return leave(.failed(.trustRefused(error))) }
        return [.progress(.trusted)] + listen(link, to: path)
    }

    private mutating func listen(_ link: Link, to path: ObjectPath) -> [Action] {
        enter(.listening(link, to: path, left: PairingLimits.measurements), until: .exactly(StrapLimits.silence))
    }

    mutating func measured(_ measurement: HeartRateMeasurement) -> [Action] {
        guard case .listening(var link, let path, let left) = state else { return [] }
        link.measurements += 1
        link.hasHeartRate = link.hasHeartRate || measurement.isHeartRate
        self.link = link
        let progress: [Action] = [.progress(.measured(measurement))]
        if left <= 1, link.hasHeartRate { return progress + leave(.done(nearby(link))) }
        // A trainer measures too, and so does a strap without a wearer.
        if link.measurements >= PairingLimits.measurementsWithoutHeartRate {
            let reason = StrapState.Reason.ofNoHeartRate(measurement)
            return progress + leave(.failed(.link(reason)))
        }
        return progress
            + enter(.listening(link, to: path, left: max(1, left - 1)), until: .exactly(StrapLimits.silence))
    }

    // MARK: The end

    var isEnding: Bool {
        switch state {
        case .leaving, .finished: true
        default: false
        }
    }

    /// Ends the scan, the subscription, the agent, and a connection that was made here.
    mutating func leave(_ outcome: Outcome) -> [Action] {
        let ours = link.flatMap { $0.isOurs ? $0.device.path : nil }
        let left = enter(.leaving(outcome, isDone: false), until: .exactly(PairingLimits.leave))
        return left + [.leave(disconnecting: ours)] + perform(scan.demand(.nothing))
    }

    mutating func left() -> [Action] {
        guard case .leaving(let outcome, _) = state else { return [] }
        state = .leaving(outcome, isDone: true)
        return []
    }

    mutating func conclude() -> [Action] {
        guard case .leaving(let outcome, isDone: true) = state, scan.isOff else { return [] }
        return enter(.finished(outcome))
    }
}
