/// What became of a reading that was acknowledged.
enum Verdict: Sendable, Equatable {
    /// Why a reading counts as missing.
    enum Loss: String, Sendable {
        /// The stream was open and did not show it.
        case notShown = "not-shown"
        /// The hub was asked for it and does not have it.
        case notKept = "not-kept"
    }

    /// Why nobody can tell.
    enum Doubt: String, Sendable {
        /// The stream was away when it may have been shown.
        case streamAway = "stream-away"
        /// A newer one had taken its place before the latest was asked for.
        case overtaken
        /// The uploader's clock was set meanwhile: it may have been sent with another time.
        case clockSet = "clock-set"
    }

    /// The service has shown it. The latency is from the measurement to the sight.
    case seen(latencyMilliseconds: Int64, isOutOfOrder: Bool)
    /// The stream was away, but the hub's history has it.
    case kept
    case missing(Loss)
    case unprovable(Doubt)
}
