import DBus
import HeartRate

/// Answers to calls, packets, and time that is over.
extension StrapSession {
    mutating func connect(othersWait: Bool) -> [Action] {
        guard case .queued(let link) = state else { return [] }
        let limit = othersWait ? StrapLimits.connectWhileOthersWait : StrapLimits.connect
        return enter(.connecting(link), until: .exactly(limit)) + [.connect(link.device.path, attempt: link.attempt)]
    }

    mutating func connectAnswered(_ attempt: Int, _ error: BusError?) -> [Action] {
        guard case .connecting(var link) = state, link.attempt == attempt else { return [] }
        guard let error else {
            link.isOurs = true
            return resolve(link)
        }
        if error.isAlreadyConnected { return resolve(link) }
        if error.isInProgress {
            // Somebody else connects it, or an earlier run of ours: that is as good. If nothing comes of it `Disconnect`
            // clears the way, without which `Connect` would answer the same for minutes.
            return [.setDeadline(.exactly(StrapLimits.connectWhileOthersWait))]
        }
        if error.isObjectGone { return retry(after: .connectFailed(error), from: link.device) }
        return depart(link, Departure(reason: .connectFailed(error), holdsTurn: true))
    }

    mutating func subscribeAnswered(_ attempt: Int, _ error: BusError?) -> [Action] {
        guard case .subscribing(let link, let path) = state, link.attempt == attempt else { return [] }
        if let error, !error.isInProgress { return depart(link, Departure(reason: .subscribeFailed(error))) }
        return enter(.listening(link, to: path, .nothingYet), until: .exactly(StrapLimits.silence))
    }

    mutating func measured(_ attempt: Int, _ measurement: HeartRateMeasurement) -> [Action] {
        guard case (var link, let path)? = subscription, link.attempt == attempt else { return [] }
        failures = 0
        trouble = nil
        hasForgotten = false
        if configuration.selector == .first { boundAddress = link.device.address }
        rejected = []
        let questions = learn(on: &link)
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
