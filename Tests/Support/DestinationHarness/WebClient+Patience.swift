package import WebClient

extension WebClientLimits {
    /// Longer than a server in the same process needs on a busy machine. A test of a limit sets that limit.
    package static var patient: WebClientLimits {
        var limits = WebClientLimits()
        limits.connectTimeout = .seconds(60)
        limits.silenceTimeout = .seconds(60)
        limits.totalTimeout = .seconds(60)
        return limits
    }
}

extension WebClient {
    /// With ``WebClientLimits/patient``.
    package static func patient() -> WebClient { WebClient(limits: .patient) }
}
