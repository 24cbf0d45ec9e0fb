package import WebClient

extension WebClientLimits {
    /// Longer than a server in the same process needs on a busy machine. A test of a limit sets that limit.
    package static var patient: WebClientLimits {
        var limits = WebClientLimits()
        limits.connectTimeout = .seconds(300)
        limits.silenceTimeout = .seconds(300)
        limits.totalTimeout = .seconds(300)
        return limits
    }
}

extension WebClient {
    /// With ``WebClientLimits/patient``.
    package static func patient() -> WebClient { WebClient(limits: .patient) }
}
