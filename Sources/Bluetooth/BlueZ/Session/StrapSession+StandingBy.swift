import DBus

/// Waits beside a link that another program has made, or with exclusive notifications of another program. Such a link
/// is never ended, and its device never removed. The session retries, and continues when the link is gone.
extension StrapSession {
    mutating func standBy(_ old: Link, _ reason: StrapState.Reason) -> [Action] {
        var link = old
        let ended = endSubscription()
        link.isSubscribed = false
        link.isOurs = false
        lastFailure = reason
        let renewal = renewBond(after: reason, of: link.device, forgets: false)
        return ended + renewal + enter(.standingBy(link, reason), until: .exactly(StrapLimits.standBy))
    }

    mutating func observeStandingBy(_ old: Link, _ reason: StrapState.Reason, _ view: View) -> [Action] {
        guard let device = view.device, device.isConnected else { return enter(.searching) }
        var link = old
        link.device = device
        state = .standingBy(link, reason)
        return view.hasAlternative && wantsAnother ? passOver(link) : []
    }

    /// Asks again, as a new attempt.
    mutating func standByPassed(_ old: Link) -> [Action] {
        // A program has one agent. The machine of all sessions decides its use.
        if renewal.isDue { return enter(.searching) }
        var link = newLink(to: old.device)
        link.isTrialOver = old.isTrialOver
        return join(link)
    }
}
