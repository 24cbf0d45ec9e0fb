/// How many may wait, from one network and in all, and when the next place is free.
struct PendingLimit: Sendable {
    let perNetwork: Int
    let inAll: Int

    init(_ limits: HubLimits) {
        perNetwork = limits.pendingDevicesPerAddress
        inAll = limits.pendingDevices
    }

    /// When one more may wait.
    ///
    /// - Parameters:
    ///   - network: where the next one comes from.
    ///   - waiting: where those who wait now came from, and when each waits no longer.
    ///   - now: the time, in milliseconds as those.
    /// - Returns: the seconds until then; nil when it may wait now.
    func secondsToWait(
        _ network: PeerAddress.Network, _ waiting: [(network: PeerAddress.Network, until: Int64)], now: Int64
    ) -> Int64? {
        let own = waiting.filter { $0.network == network }
        let blocking: [(network: PeerAddress.Network, until: Int64)]
        if own.count >= perNetwork {
            blocking = own
        } else if waiting.count >= inAll {
            blocking = waiting
        } else {
            return nil
        }
        // None blocks where a limit is 0: then it is never free.
        let first = blocking.map(\.until).min() ?? now + 60_000
        return max(1, (first - now + 999) / 1000)
    }
}
