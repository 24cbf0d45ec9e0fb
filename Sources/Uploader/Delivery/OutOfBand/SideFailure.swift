/// Why readings beside a lane could not all be sent.
struct SideFailure: Equatable {
    /// In the service's words.
    let reason: String
    /// How long the service wants not to be asked again.
    let toldWait: Duration

    /// Nil when it is no failure: what is refused is set aside.
    init?(_ outcome: DeliveryOutcome) {
        switch outcome {
        case .tryLater(let after, let reason):
            self.reason = reason
            toldWait = min(after ?? .zero, DeliveryMachine.longestToldWait)
        case .notAuthorised(let reason):
            self.reason = reason
            toldWait = .zero
        case .accepted, .refused:
            return nil
        }
    }
}
