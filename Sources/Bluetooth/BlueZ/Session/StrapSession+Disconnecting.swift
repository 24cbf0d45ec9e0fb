import DBus

/// Giving a link up: to try again, or for good.
extension StrapSession {
    /// Ends the rest of a link, also a hung `Connect`, which `Disconnect` cancels. A link of another program is never
    /// ended.
    mutating func depart(_ link: Link, _ old: Departure) -> [Action] {
        guard link.isOurs || link.isConnectPending || old.holdsTurn else {
            return standBy(link, .anothersLink(old.reason, link.device.address))
        }
        var departure = old
        if departure.isFailure { judge(link, &departure) }
        return enter(.leaving(link, departure), until: .exactly(StrapLimits.leave))
            + [.disconnect(link.device.path, attempt: link.attempt)]
    }

    /// Decides whether bluetoothd's cache of the device may be the fault, and how to empty it. A bond is never lost for
    /// it.
    mutating func judge(_ link: Link, _ departure: inout Departure) {
        guard link.isOurs, cache.linkFailed(departure.reason, hasMeasured: link.hasMeasured), !renewal.isDue
        else { return }
        if link.device.isPaired {
            departure.reason = departure.reason.withAdviceForABond(of: link.device.address)
        } else if isFoundAgainWhenRemoved(link.device) {
            departure.emptiesCache = true
        }
    }

    /// Removing the object also removes a name that the user gave the device.
    private func isFoundAgainWhenRemoved(_ device: BlueZSnapshot.Device) -> Bool {
        guard case .name(let name) = configuration.selector else { return true }
        return device.name == name
    }

    /// Empties bluetoothd's cache of an unconnected device, if the budget allows it.
    private mutating func emptyCache(of device: BlueZSnapshot.Device) -> [Action] {
        guard !device.isConnected, cache.spend(device.address) else { return [] }
        unanswered = []
        if device.isTrusted { trustedBeforeRemoval = device.address }
        return [.removeDevice(device.path, adapter: device.adapterPath), .note(.cacheEmptied)]
    }

    /// Continues after both the answer and `Connected=false`: a `Connect` before that fails.
    mutating func leave(_ link: Link, _ departure: Departure, isConnected: Bool) -> [Action] {
        if departure.isAnswered && !isConnected { return departed(link, departure) }
        state = .leaving(link, departure)
        return []
    }

    mutating func disconnectAnswered(_ attempt: Int) -> [Action] {
        switch state {
        case .leaving(let link, var departure) where link.attempt == attempt:
            departure.isAnswered = true
            return leave(link, departure, isConnected: link.device.isConnected)
        case .stopping(let link) where link.attempt == attempt: return endSubscription() + enter(.stopped)
        default: return []
        }
    }

    mutating func departed(_ link: Link, _ departure: Departure) -> [Action] {
        let ended = endSubscription()
        if !departure.isFailure { return ended + enter(.searching) }
        // Another program may be connected by now.
        let removesBond = departure.forgets && !link.device.isConnected
        var forget: [Action] = []
        if removesBond { forget = [.removeDevice(link.device.path, adapter: link.device.adapterPath)] }
        if departure.emptiesCache { forget = emptyCache(of: link.device) }
        return ended + forget + retry(after: departure.reason, from: link.device, forgotten: removesBond)
    }

    /// Searches again, at once or after a pause.
    mutating func retry(
        after reason: StrapState.Reason, from device: BlueZSnapshot.Device, forgotten: Bool = false
    ) -> [Action] {
        failures += 1
        lastFailure = reason
        if bound == nil { rejected.insert(device.address) }
        let renewal = renewBond(after: reason, of: device, forgets: forgotten)
        if failures <= StrapLimits.quickRetries { return renewal + enter(.searching) }
        let backoff = reason.isHopeless ? StrapLimits.hopelessRetry : StrapLimits.retry
        return renewal + enter(.pausing, until: .backoff(backoff, failures: failures - StrapLimits.quickRetries))
    }

    mutating func stop() -> [Action] {
        switch state {
        case .blocked, .searching, .pausing, .queued, .registeringAgent: return enter(.stopped)
        case .receivingBroadcast, .standingBy: return endSubscription() + enter(.stopped)
        case .stopping, .stopped: return []
        case .leaving(let link, _): return enter(.stopping(link), until: .exactly(StrapLimits.stop))
        case .connecting(let link): return stop(link)
        case .resolving(let link), .awaitingObjects(let link):
            return link.isOurs ? stop(link) : endSubscription() + enter(.stopped)
        case .subscribing(let link, let path), .pairing(let link, let path), .listening(let link, let path, _):
            guard link.isOurs else { return endSubscription() + stopNotify() + enter(.stopped) }
            return enter(.stopping(link), until: .exactly(StrapLimits.stop))
                + [.release(link.device.path, listeningTo: path, attempt: link.attempt)]
        }
    }

    /// Takes back our subscription over a link that stays.
    func stopNotify() -> [Action] {
        switch state {
        case .subscribing(_, let path), .pairing(_, let path), .listening(_, let path, _): [.stopNotify(path)]
        default: []
        }
    }

    private mutating func stop(_ link: Link) -> [Action] {
        enter(.stopping(link), until: .exactly(StrapLimits.stop))
            + [.disconnect(link.device.path, attempt: link.attempt)]
    }

    /// Stops listening for packets, where the session does.
    func endSubscription() -> [Action] {
        guard let link, link.isSubscribed else { return [] }
        return [.unsubscribe(attempt: link.attempt)]
    }
}

extension StrapState.Reason {
    /// Whether trying again soon is of little use.
    fileprivate var isHopeless: Bool {
        switch self {
        case .noHeartRateService, .subscribeFailed, .subscribeTimedOut, .pairingRefused, .onlyMalformed,
            .servicesOutdated:
            true
        default: false
        }
    }
}
