import DBus
import HeartRate

/// Answers to calls, packets, and time that is over.
extension StrapSession {
    mutating func connect(othersWait: Bool) -> [Action] {
        guard case .queued(let link) = state else { return [] }
        return link.bonds ? enlist(link, othersWait: othersWait) : connect(link, othersWait: othersWait)
    }

    mutating func connect(_ old: Link, othersWait: Bool) -> [Action] {
        var link = old
        link.isConnectPending = true
        let limit = othersWait ? StrapLimits.connectWhileOthersWait : StrapLimits.connect
        return enter(.connecting(link), until: .exactly(limit)) + [.connect(link.device.path, attempt: link.attempt)]
    }

    mutating func connectAnswered(_ attempt: Int, _ error: BusError?) -> [Action] {
        if case .resolving(let link) = state, link.attempt == attempt { return connectAnsweredLate(link, error) }
        guard case .connecting(var link) = state, link.attempt == attempt else { return [] }
        link.isConnectPending = false
        guard let error else {
            link.isOurs = true
            refusals = 0
            return resolve(link)
        }
        if error.isAlreadyConnected { return resolve(link) }
        if error.isInProgress {
            // Somebody else connects it, or an earlier run of ours: that is as good. If nothing comes of it `Disconnect`
            // clears the way, without which `Connect` would answer the same for minutes.
            state = .connecting(link)
            return [.setDeadline(.exactly(StrapLimits.connectWhileOthersWait))]
        }
        if error.isObjectGone { return retry(after: .connectFailed(error), from: link.device) }
        return depart(link, refused(link, error))
    }

    /// `Connected=true` came first.
    private mutating func connectAnsweredLate(_ old: Link, _ error: BusError?) -> [Action] {
        guard old.isConnectPending else { return [] }
        var link = old
        link.isConnectPending = false
        state = .resolving(link)
        if error == nil { refusals = 0 }
        guard let error, error.isConnectionAborted, link.device.isPaired else { return [] }
        return depart(link, refused(link, error))
    }

    private mutating func refused(_ link: Link, _ error: BusError) -> Departure {
        let reason = StrapState.Reason.connectFailed(error)
        var departure = Departure(reason: reason)
        if error.isConnectionAborted, link.device.isPaired {
            departure = bondRefused(by: link.device, otherwise: reason)
        }
        departure.holdsTurn = true
        return departure
    }

    mutating func subscribeAnswered(_ attempt: Int, _ error: BusError?) -> [Action] {
        guard case .subscribing(let link, let path) = state, link.attempt == attempt else { return [] }
        if let error, !error.isInProgress {
            return pair(link, for: path, after: error) ?? depart(link, Departure(reason: .subscribeFailed(error)))
        }
        return enter(.listening(link, to: path, .nothingYet), until: .exactly(StrapLimits.silence))
    }

    mutating func measured(_ attempt: Int, _ measurement: HeartRateMeasurement) -> [Action] {
        guard case (var link, let path)? = subscription, link.attempt == attempt else { return [] }
        failures = 0
        trouble = nil
        hasForgotten = false
        if configuration.selector == .first { boundAddress = link.device.address }
        rejected = []
        refusals = 0
        // What comes before `StartNotify` answers may come before the bond is shown.
        var bonding: [Action] = []
        if case .listening = state, link.bonds { bonding = endBonding(on: &link) }
        let questions = bonding + learn(on: &link)
        return enter(.listening(link, to: path, Hearing(measurement)), until: .exactly(StrapLimits.silence)) + questions
    }

    /// Nonsense is not silence: the link lives.
    mutating func garbled(_ attempt: Int) -> [Action] {
        guard case .listening(let link, _, _) = state, link.attempt == attempt else { return [] }
        return [.setDeadline(.exactly(StrapLimits.silence))]
    }

    mutating func deadlinePassed() -> [Action] {
        switch state {
        case .pausing: return enter(.searching)
        case .enlisting(let link, _): return retry(after: .agentRefused(nil), from: link.device)
        case .pairing(let link, _): return depart(link, Departure(reason: .subscribeTimedOut(StrapLimits.pair)))
        case .connecting(let link):
            return depart(link, Departure(reason: .connectTimedOut, holdsTurn: true))
        case .resolving(let link): return depart(link, Departure(reason: .servicesNotResolved(StrapLimits.resolve)))
        case .awaitingObjects(let link):
            // Removing a paired device would lose its bond.
            let forgets = !hasForgotten && !link.device.isPaired
            hasForgotten = hasForgotten || forgets
            return depart(link, Departure(reason: .noHeartRateService, forgets: forgets))
        case .subscribing(let link, _):
            return depart(link, Departure(reason: .subscribeTimedOut(StrapLimits.subscribe)))
        case .listening(let link, _, _): return depart(link, Departure(reason: .silent(StrapLimits.silence)))
        case .leaving(let link, let departure): return departed(link, departure)
        case .overhearing(let link, _): return goUnheard(link)
        case .stopping: return endSubscription() + enter(.stopped)
        case .blocked, .searching, .queued, .stopped: return []
        }
    }

    private var subscription: (Link, ObjectPath)? {
        switch state {
        case .subscribing(let link, let path), .listening(let link, let path, _): (link, path)
        default: nil
        }
    }
}
