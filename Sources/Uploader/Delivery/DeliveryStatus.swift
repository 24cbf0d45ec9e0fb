public import Outbox

/// How a lane's deliveries go, for a person to see.
public struct DeliveryStatus: Sendable, Equatable {
    /// What the lane does at present.
    public enum State: String, Sendable {
        case delivering
        /// The service cannot be reached, or sent readings back for later.
        case retrying
        /// The service will not take anything until the user mends the token.
        case paused
    }

    public var lane: Lane
    public var state: State = .delivering
    /// On the clock that never steps (`Moment.bootMilliseconds`); nil before the first.
    public var lastSuccessAtBootMilliseconds: Int64?
    /// In the service's words; nil when there was none since the start.
    public var lastError: String?
    /// On the clock that never steps.
    public var lastErrorAtBootMilliseconds: Int64?

    public init(lane: Lane) {
        self.lane = lane
    }
}
