import DBus
import HeartRate
import Timing

/// Answers to calls, packets, and time that is over.
extension StrapSession {
    mutating func connect(othersWait: Bool) -> [Action] {
        guard case .queued(let link) = state else { return [] }
        return link.bonds ? registerAgent(link, othersWait: othersWait) : connect(link, othersWait: othersWait)
    }

    mutating func connect(_ old: Link, othersWait: Bool) -> [Action] {
        var link = old
        link.isConnectPending = true
        let limit = othersWait ? StrapLimits.connectWhileOthersWait : StrapLimits.connect
        return enter(.connecting(link), until: .exactly(limit)) + [.connect(link.device.path, attempt: link.attempt)]
    }

    mutating func connectAnswered(_ attempt: Int, _ error: BusError?) -> [Action] {
        guard case .connecting(var link) = state, link.attempt == attempt else {
            return link?.attempt == attempt ? connectAnsweredLate(error) : []
        }
        link.isConnectPending = false
        if error?.isInProgress != true { waitsForOthers = 0 }
        guard let error else {
            link.isOurs = true
            refusals = 0
            return resolve(link)
        }
        if error.isAlreadyConnected { return resolve(link) }
        if error.isInProgress {
            // Another program connects it, or an earlier run of this one: both are fine. If that fails again and again,
            // `Disconnect` ends the request, because `Connect` would get the same answer for minutes. A request that
            // only the kernel knows is left over from this program, and ended at once.
            link.isOurs = error.isKernelsAnswer
            state = .connecting(link)
            return [.setDeadline(.exactly(StrapLimits.connectWhileOthersWait))]
        }
        if error.isObjectGone { return retry(after: .connectFailed(error), from: link.device) }
        // The rest of the attempt belongs to this program.
        link.isOurs = true
        return depart(link, refused(link, error))
    }

    /// The answer came after `Connected=true`.
    private mutating func connectAnsweredLate(_ error: BusError?) -> [Action] {
        guard link?.isConnectPending == true else { return [] }
        // Another program was quicker: the link is its.
        let isAnothers = error.map { $0.isAlreadyConnected || $0.isInProgress && !$0.isKernelsAnswer } ?? false
        changeLink { link in
            link.isConnectPending = false
            if isAnothers { link.isOurs = false }
        }
        if error == nil { refusals = 0 }
        guard case .resolving(let link) = state, let error, error.isConnectionAborted, link.device.isPaired
        else { return [] }
        return depart(link, refused(link, error))
    }

    /// The request of another program is cancelled only after its own time limit.
    private mutating func connectTimedOut(_ link: Link) -> [Action] {
        let isAnothers = !link.isConnectPending && !link.isOurs
        if isAnothers, waitsForOthers < StrapLimits.waitsForOthers {
            waitsForOthers += 1
            return retry(after: .connectingElsewhere, from: link.device)
        }
        waitsForOthers = 0
        return depart(link, Departure(reason: .connectTimedOut, holdsTurn: true))
    }

    private mutating func refused(_ link: Link, _ error: BusError) -> Departure {
        let reason = StrapState.Reason.connectFailed(error)
        var departure = Departure(reason: reason)
        if error.isConnectionAborted, link.device.isPaired {
            // Newer versions of bluetoothd know it for certain.
            if error.cause == .bondLost { refusals = max(refusals, BondRenewal.refusals - 1) }
            departure = bondRefused(by: link.device, otherwise: reason)
        }
        departure.holdsTurn = true
        return departure
    }

    mutating func subscribeAnswered(_ attempt: Int, _ error: BusError?) -> [Action] {
        guard case .subscribing(let link, let path) = state, link.attempt == attempt else { return [] }
        if let error, !error.isInProgress { return subscribeRefused(link, path, error) }
        return listen(link, to: path)
    }

    private mutating func subscribeRefused(_ old: Link, _ path: ObjectPath, _ error: BusError) -> [Action] {
        if error.isNotificationsTaken { return standBy(old, .notificationsTaken(error)) }
        if let pairing = pair(old, for: path, after: error) { return pairing }
        var link = old
        link.refused.append(path)
        link.refusal = link.refusal ?? error
        if let other = link.device.measurementPaths.first(where: { !link.refused.contains($0) }) {
            let ended = endSubscription()
            return ended + subscribe(link, to: other)
        }
        return depart(link, Departure(reason: .subscribeFailed(link.refusal ?? error)))
    }

    private mutating func listen(_ link: Link, to path: ObjectPath) -> [Action] {
        var wasSilent = false
        if case .silent = lastFailure { wasSilent = true }
        rhythm.linkBegan(afterSilence: wasSilent)
        return enter(.listening(link, to: path, .nothingYet), until: .exactly(rhythm.lateness))
    }

    /// A measurement shows that the link serves; only a heart rate shows that the device is the strap, and that all is
    /// well.
    mutating func measured(_ attempt: Int, _ measurement: HeartRateMeasurement, at arrival: Moment) -> [Action] {
        rhythm.note(arrival)
        guard case (var link, let path)? = subscription, link.attempt == attempt else { return [] }
        link.hasMeasured = true
        link.isLate = false
        link.malformed = 0
        cache.served()
        refusals = 0
        let settled = measurement.isHeartRate ? settle(on: link.device) : []
        // A measurement before the answer of `StartNotify` may also come before the bond is shown.
        var bonding: [Action] = []
        if case .listening = state, link.bonds { bonding = endBonding(on: &link) }
        let questions = settled + bonding + learn(on: &link)
        return enter(.listening(link, to: path, Hearing(measurement)), until: .exactly(rhythm.lateness)) + questions
    }

    /// Nonsense is not silence, until there is nothing else.
    mutating func malformed(_ attempt: Int) -> [Action] {
        guard case .listening(var link, let path, var hearing) = state, link.attempt == attempt else { return [] }
        link.malformed += 1
        if hearing == .nothingYet || link.malformed >= StrapLimits.reportedMalformedPackets { hearing = .malformed }
        state = .listening(link, to: path, hearing)
        return link.malformed < StrapLimits.malformedPackets ? [.setDeadline(.exactly(rhythm.lateness))] : []
    }

    mutating func deadlinePassed() -> [Action] {
        switch state {
        case .pausing: return enter(.searching)
        case .registeringAgent(let link, _): return retry(after: .agentRefused(nil), from: link.device)
        case .pairing(let link, _): return depart(link, Departure(reason: .subscribeTimedOut(StrapLimits.pair)))
        case .connecting(let link): return connectTimedOut(link)
        case .resolving(let link): return depart(link, Departure(reason: .servicesNotResolved(StrapLimits.resolve)))
        case .awaitingObjects(let link): return depart(link, Departure(reason: .noHeartRateService))
        case .subscribing(let link, _):
            return depart(link, Departure(reason: .subscribeTimedOut(StrapLimits.subscribe)))
        case .listening(let link, let path, let hearing): return fallSilent(link, path, hearing)
        case .standingBy(let link, _): return standByPassed(link)
        case .leaving(let link, let departure): return departed(link, departure)
        case .receivingBroadcast(let link, _): return broadcastLost(link)
        case .stopping: return endSubscription() + enter(.stopped)
        case .blocked, .searching, .queued, .stopped: return []
        }
    }

    /// Late at first, then disconnected. A link of another program stays.
    private mutating func fallSilent(_ old: Link, _ path: ObjectPath, _ hearing: Hearing) -> [Action] {
        var link = old
        let rest = rhythm.silence - rhythm.lateness
        if hearing != .malformed, !link.isOurs || !link.isLate && rest > .zero {
            link.isLate = true
            return enter(
                .listening(link, to: path, hearing), until: .exactly(rest > .zero ? rest : StrapLimits.standBy))
        }
        if hearing == .nothingYet { silentPaths.append(path) }
        return depart(link, Departure(reason: hearing == .malformed ? .onlyMalformed : .silent(rhythm.silence)))
    }

    private var subscription: (Link, ObjectPath)? {
        switch state {
        case .subscribing(let link, let path), .listening(let link, let path, _): (link, path)
        default: nil
        }
    }
}
