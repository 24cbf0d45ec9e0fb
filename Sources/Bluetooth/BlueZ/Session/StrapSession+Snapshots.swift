import DBus

/// What BlueZ shows moves the session on.
extension StrapSession {
    mutating func observe(_ view: View) -> [Action] {
        searchFailure = view.searchFailure
        switch state {
        case .stopped: return []
        case .stopping:
            let isGone = view.blockage != nil || view.device == nil
            return isGone ? endSubscription() + enter(.stopped) : []
        default: break
        }
        if let blockage = view.blockage { return block(blockage) }

        switch state {
        case .blocked: return enter(.searching) + consider(view.candidate)
        case .searching: return consider(view.candidate)
        case .pausing, .stopping, .stopped: return []
        case .receivingBroadcast(let link, let hearing): return observeBroadcaster(link, hearing, view)
        case .standingBy(let link, let reason): return observeStandingBy(link, reason, view)
        case .queued(let link): return observeQueued(link, view.device)
        case .connecting(let link): return observeConnecting(link, view.device)
        case .leaving(let link, let departure): return observeLeaving(link, departure, view.device)
        case .registeringAgent(let link, _) where view.device == nil && !link.wasConnected: return enter(.searching)
        case .registeringAgent(let link, _), .resolving(let link), .awaitingObjects(let link),
            .subscribing(let link, _),
            .pairing(let link, _), .listening(let link, _, _):
            guard let device = view.device else { return lost(link) }
            if case .listening = state, view.hasAlternative, wantsAnother, device.isConnected { return passOver(link) }
            return observeLinked(link, device)
        }
    }

    /// Starts with a found device.
    private mutating func consider(_ candidate: BlueZSnapshot.Device?) -> [Action] {
        guard let candidate else { return [] }
        if configuration.mode == .broadcast { return receiveBroadcasts(candidate) }
        let link = newLink(to: candidate)
        return candidate.isConnected ? join(link) : enter(.queued(link))
    }

    /// Takes over an existing link.
    mutating func join(_ link: Link) -> [Action] {
        link.bonds ? registerAgent(link) : resolve(link)
    }

    private mutating func observeQueued(_ old: Link, _ device: BlueZSnapshot.Device?) -> [Action] {
        guard let device else { return enter(.searching) }
        var link = old
        link.device = device
        link.wasConnected = device.isConnected
        if device.isConnected { return join(link) }
        state = .queued(link)
        return []
    }

    /// The answer of `Connect` reports a missing object.
    private mutating func observeConnecting(_ old: Link, _ device: BlueZSnapshot.Device?) -> [Action] {
        guard let device else { return [] }
        var link = old
        link.device = device
        if device.isConnected {
            link.isOurs = link.isOurs || link.isConnectPending
            return resolve(link)
        }
        state = .connecting(link)
        return []
    }

    private mutating func observeLeaving(
        _ old: Link, _ departure: Departure, _ device: BlueZSnapshot.Device?
    ) -> [Action] {
        var link = old
        if let device { link.device = device } else { link.device.isConnected = false }
        let isGone = old.device.isConnected && !link.device.isConnected
        let actions = leave(link, departure, isConnected: link.device.isConnected)
        // Otherwise it continues already.
        guard isGone, !departure.isAnswered else { return actions }
        return actions + [.setDeadline(.exactly(StrapLimits.lateAnswer))]
    }

    private mutating func observeLinked(_ old: Link, _ device: BlueZSnapshot.Device) -> [Action] {
        if old.wasConnected && !device.isConnected { return lost(old) }
        var link = old
        link.device = device
        link.wasConnected = old.wasConnected || device.isConnected

        switch state {
        case .registeringAgent(_, let othersWait): state = .registeringAgent(link, othersWait: othersWait)
        case .resolving:
            state = .resolving(link)
            guard device.isServicesResolved else { return [] }
            guard let path = measurementPath(on: link) else {
                return enter(.awaitingObjects(link), until: .exactly(StrapLimits.gattObjects)) + [.refreshObjects]
            }
            return subscribe(link, to: path)
        case .awaitingObjects:
            state = .awaitingObjects(link)
            return measurementPath(on: link).map { subscribe(link, to: $0) } ?? []
        case .subscribing(_, let path):
            state = .subscribing(link, to: path)
            guard !device.measurementPaths.contains(path) else { return [] }
            link.hasAskedInVain = true
            return resolveAnew(link)
        case .pairing(_, let path):
            state = .pairing(link, for: path)
            if !device.measurementPaths.contains(path) { return resolveAnew(link) }
        case .listening(_, let path, let hearing):
            state = .listening(link, to: path, hearing)
            return device.measurementPaths.contains(path) ? tellBattery(of: link) : resolveAnew(link)
        default: break
        }
        return []
    }

    /// Waits for the services, which may be there already.
    mutating func resolve(_ link: Link) -> [Action] {
        enter(.resolving(link), until: .exactly(StrapLimits.resolve)) + observeLinked(link, link.device)
    }

    /// BlueZ has read the services again, and their paths have changed.
    private mutating func resolveAnew(_ old: Link) -> [Action] {
        var link = old
        link.isSubscribed = false
        link.refused = []
        link.refusal = nil
        return endSubscription() + resolve(link)
    }

    /// The best Heart Rate Measurement, unless it was silent and there is another.
    private mutating func measurementPath(on link: Link) -> ObjectPath? {
        let paths = link.device.measurementPaths
        if paths.allSatisfy(silentPaths.contains) { silentPaths = [] }
        return paths.first { !silentPaths.contains($0) }
    }

    mutating func subscribe(_ old: Link, to path: ObjectPath) -> [Action] {
        var link = old
        link.isSubscribed = true
        return enter(.subscribing(link, to: path), until: .exactly(StrapLimits.subscribe))
            + [.subscribe(path, attempt: link.attempt)]
    }

    private mutating func lost(_ link: Link) -> [Action] {
        var hasAskedInVain = link.hasAskedInVain
        if case .subscribing = state { hasAskedInVain = true }
        let reason: StrapState.Reason = hasAskedInVain ? .linkLostUnsubscribed : .linkLost
        var gone = link
        gone.device.isConnected = false
        if case .resolving = state, link.isConnectPending, link.device.isPaired {
            return departed(gone, bondRefused(by: link.device, otherwise: reason))
        }
        var departure = Departure(reason: reason)
        judge(gone, &departure)
        return departed(gone, departure)
    }

    private mutating func block(_ reason: StrapState.Reason) -> [Action] {
        if case .blocked(reason) = state { return [] }
        failures = 0
        lastFailure = nil
        return endSubscription() + enter(.blocked(reason))
    }
}
