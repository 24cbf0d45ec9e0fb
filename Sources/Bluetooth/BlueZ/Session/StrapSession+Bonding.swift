import DBus

/// A missing or lost bond is renewed if the configuration allows it.
///
/// A connection that may bond differs in three points: an agent is registered first, a refused `StartNotify` is
/// followed by one `Pair`, and the first measurement marks the strap as trusted. The agent serves this one connection.
extension StrapSession {
    /// Whether an agent speaks for the link, or is about to.
    var isBonding: Bool {
        switch state {
        case .registeringAgent(let link, _), .connecting(let link), .resolving(let link), .awaitingObjects(let link),
            .subscribing(let link, _), .pairing(let link, _), .listening(let link, _, _):
            link.bonds
        case .blocked, .searching, .pausing, .queued, .leaving, .receivingBroadcast, .standingBy, .stopping, .stopped:
            false
        }
    }

    mutating func registerAgent(_ link: Link, othersWait: Bool = false) -> [Action] {
        hasAgent = true
        return enter(.registeringAgent(link, othersWait: othersWait), until: .exactly(StrapLimits.registerAgent))
            + [.registerAgent(link.device.path, attempt: link.attempt)]
    }

    mutating func agentAnswered(_ attempt: Int, _ error: BusError?) -> [Action] {
        guard case .registeringAgent(let link, let othersWait) = state, link.attempt == attempt else { return [] }
        if let error { return retry(after: .agentRefused(error), from: link.device) }
        return link.device.isConnected ? resolve(link) : connect(link, othersWait: othersWait)
    }

    /// BlueZ has no one error for a missing bond, so whatever may be one is answered with `Pair`. Nil where it is not
    /// to be.
    mutating func pair(_ old: Link, for path: ObjectPath, after error: BusError) -> [Action]? {
        guard old.bonds, !old.hasPaired, !old.device.isPaired, error.mayMeanUnencrypted else { return nil }
        var link = old
        link.hasPaired = true
        return enter(.pairing(link, for: path), until: .exactly(StrapLimits.pair))
            + [.pair(link.device.path, attempt: link.attempt)]
    }

    mutating func pairAnswered(_ attempt: Int, _ error: BusError?) -> [Action] {
        guard case .pairing(let link, let path) = state, link.attempt == attempt else { return [] }
        if let error, !error.isAlreadyPaired { return depart(link, Departure(reason: .pairingRefused(error))) }
        return endSubscription() + subscribe(link, to: path)
    }

    /// A link with a bonded strap ended before it was encrypted: by chance, or because the strap has lost its bond.
    /// Returns the departure.
    mutating func bondRefused(by device: BlueZSnapshot.Device, otherwise reason: StrapState.Reason) -> Departure {
        refusals += 1
        guard refusals >= BondRenewal.refusals else { return Departure(reason: reason) }
        // The user need not fix this by hand.
        let forgets = configuration.renewsBond && renewal == .idle
        return Departure(reason: forgets ? reason : .bondRefused(device.address), forgets: forgets)
    }

    /// A connection failed: a renewal begins, continues, or has had its last connection.
    mutating func renewBond(after reason: StrapState.Reason, of device: BlueZSnapshot.Device, forgets: Bool) -> [Action]
    {
        guard configuration.renewsBond else { return [] }
        if renewal.isDue { return renewal.connectionFailed() ? [.note(.failed), .pauseRenewals] : [] }
        // Only a renewal removes a device that is paired.
        let isRemoved = forgets && device.isPaired
        guard renewal == .idle, isRemoved || !device.isPaired && reason.mayMeanUnpaired else { return [] }
        renewal.begin()
        refusals = 0
        return [.note(isRemoved ? .removed : .missing)]
    }

    /// Heart rate came over a link that may bond: the agent is not needed any more.
    mutating func endBonding(on link: inout Link) -> [Action] {
        link.bonds = false
        renewal = .resting
        // The bond may be shown only after the measurement: the device is trusted either way, as `pair` does it.
        let note: [Action] = link.device.isPaired ? [.note(.renewed)] : []
        return [.trust(link.device.path)] + note + [.pauseRenewals]
    }

    mutating func renewalPauseOver() -> [Action] {
        if renewal == .resting { renewal = .idle }
        return []
    }
}
