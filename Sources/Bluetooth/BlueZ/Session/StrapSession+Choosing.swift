/// Which device is the strap, where the configuration does not say: ``StrapSelector/first`` binds to the first heart
/// rate.
///
/// A trainer or a treadmill may offer the Heart Rate service too, and send 0 or "no contact" for ever. So a candidate
/// is on trial until a heart rate came from it. After ``StrapLimits/trial`` without one, another that is heard is tried
/// instead.
extension StrapSession {
    /// Whether the device has yet to show that it is the strap.
    var isOnTrial: Bool {
        guard configuration.selector == .first, bound == nil else { return false }
        switch state {
        case .subscribing, .pairing, .listening, .receivingBroadcast, .standingBy: return true
        case .blocked, .searching, .pausing, .queued, .registeringAgent, .connecting, .resolving, .awaitingObjects,
            .leaving,
            .stopping, .stopped:
            return false
        }
    }

    /// Whether the session would take another device in range instead of its own.
    var wantsAnother: Bool { isOnTrial && link?.isTrialOver == true }

    /// The times that run in this state, and how long they do.
    var timersOfState: [SessionTimer: Duration] {
        var wanted: [SessionTimer: Duration] = [:]
        if isOnTrial { wanted[.trial] = wantsAnother ? patience : StrapLimits.trial }
        if !cache.spent.isEmpty { wanted[.cache] = CacheRenewal.pause }
        switch state {
        case .searching, .pausing:
            if bound?.hasPrivateAddress == true { wanted[.identity] = StrapLimits.privateAddress }
        default: break
        }
        return state == .stopped ? [:] : wanted
    }

    mutating func timerPassed(_ timer: SessionTimer) -> [Action] {
        timers.remove(timer)
        switch timer {
        case .trial where wantsAnother:
            // Rejected devices may be worn by now.
            rejected.removeAll()
            patience = min(patience * 2, StrapLimits.longestPatience)
        case .trial: changeLink { $0.isTrialOver = true }
        case .cache: cache.pauseOver()
        case .identity:
            bound = nil
            rejected.removeAll()
        }
        return []
    }

    /// A heart rate came over the link: the only sign of success.
    mutating func settle(on device: BlueZSnapshot.Device) -> [Action] {
        failures = 0
        lastFailure = nil
        rejected.removeAll()
        patience = StrapLimits.patience
        if configuration.selector == .first { bound = StrapIdentity(device) }
        cache.succeeded(device.address)
        guard trustedBeforeRemoval == device.address else { return [] }
        trustedBeforeRemoval = nil
        return [.trust(device.path)]
    }

    /// Goes on to another device that is heard.
    mutating func passOver(_ link: Link) -> [Action] {
        rejected.insert(link.device.address)
        lastFailure = .passedOver
        if case .receivingBroadcast = state { return endSubscription() + enter(.searching) }
        if link.isOurs { return depart(link, Departure(reason: .passedOver, isFailure: false)) }
        return stopNotify() + endSubscription() + enter(.searching)
    }
}

/// A time of a session beside its deadline, which every packet puts off.
enum SessionTimer: Sendable, Hashable, CaseIterable {
    /// How long a candidate has to send a heart rate, and after that how long until others are tried again.
    case trial
    /// ``CacheRenewal/pause``
    case cache
    /// The time of the search for the device with a private address, before any other is taken.
    case identity
}
