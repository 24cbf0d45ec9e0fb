/// Why an out-of-band delivery stopped.
struct OutOfBandFailure: Equatable {
    /// The service's message.
    let reason: String
    /// How long the service asks to wait.
    let requestedWait: Duration

    /// Nil if it is no failure: rejected readings are set aside.
    init?(_ outcome: DeliveryOutcome) {
        switch outcome {
        case .tryLater(let after, let reason):
            self.reason = reason
            requestedWait = min(after ?? .zero, DeliveryMachine.longestRequestedWait)
        case .pause(let reason):
            self.reason = reason
            requestedWait = .zero
        case .accepted, .refused:
            return nil
        }
    }
}
