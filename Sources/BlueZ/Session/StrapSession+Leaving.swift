import DBus

/// Giving a link up: to try again, or for good.
extension StrapSession {
    /// Ends what is left of a link: also a `Connect` that hangs, which `Disconnect` cancels.
    mutating func depart(_ link: Link, _ departure: Departure) -> [Action] {
        enter(.leaving(link, departure), until: .exactly(StrapLimits.leave))
            + [.disconnect(link.device.path, attempt: link.attempt)]
    }

    /// Goes on when both the answer and `Connected=false` are there: a `Connect` before that fails.
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
        let forget: [Action] =
            departure.forgets ? [.removeDevice(link.device.path, adapter: link.device.adapterPath)] : []
        return endSubscription() + forget
            + retry(after: departure.reason, from: link.device, forgotten: departure.forgets)
    }

    /// Searches again, at once or after a pause.
    mutating func retry(
        after reason: StrapState.Reason, from device: BlueZSnapshot.Device, forgotten: Bool = false
    ) -> [Action] {
        failures += 1
        trouble = reason
        if boundAddress == nil { rejected.insert(device.address) }
        let renewal = renewBond(after: reason, of: device, forgets: forgotten)
        if failures <= StrapLimits.quickRetries { return renewal + enter(.searching) }
        let backoff = reason.isHopeless ? StrapLimits.hopelessRetry : StrapLimits.retry
        return renewal + enter(.pausing, until: .backoff(backoff, failures: failures - StrapLimits.quickRetries))
    }

    mutating func stop() -> [Action] {
        switch state {
        case .blocked, .searching, .pausing, .queued, .enlisting: return enter(.stopped)
        case .overhearing: return endSubscription() + enter(.stopped)
        case .stopping, .stopped: return []
        case .leaving(let link, _): return enter(.stopping(link), until: .exactly(StrapLimits.stop))
        case .connecting(let link): return stop(link)
        case .resolving(let link), .awaitingObjects(let link), .subscribing(let link, _), .pairing(let link, _),
            .listening(let link, _, _):
            return link.isOurs ? stop(link) : endSubscription() + enter(.stopped)
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
        case .noHeartRateService, .subscribeFailed, .subscribeTimedOut, .pairingRefused: true
        default: false
        }
    }
}
