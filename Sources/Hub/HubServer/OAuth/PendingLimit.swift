/// The limit of pending authorizations, for one network and for all.
struct PendingLimit: Sendable {
    let perNetwork: Int
    let inAll: Int

    init(_ limits: HubLimits) {
        perNetwork = limits.pendingDevicesPerAddress
        inAll = limits.pendingDevices
    }

    /// When the next one can begin.
    ///
    /// - Parameters:
    ///   - network: the network of the next one.
    ///   - waiting: the networks of the pending ones, and when each expires.
    ///   - now: the time, in milliseconds like these.
    /// - Returns: the seconds until then; nil for now.
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
        // With a limit of 0 there is no pending one.
        let first = blocking.map(\.until).min() ?? now + 60_000
        return max(1, (first - now + 999) / 1000)
    }
}
