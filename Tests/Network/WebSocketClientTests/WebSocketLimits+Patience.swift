import WebSocketClient

extension WebSocketLimits {
    /// Longer than a server in the same process needs on a busy machine. A test of a limit sets that limit.
    static var patient: WebSocketLimits {
        var limits = WebSocketLimits()
        limits.connectTimeout = .seconds(300)
        limits.upgradeTimeout = .seconds(300)
        return limits
    }
}
