package import Outbox

/// How a lane's deliveries go, for a person to see.
package struct DeliveryStatus: Sendable, Equatable {
    /// What the lane does at present.
    package enum State: String, Sendable {
        case delivering
        /// The service cannot be reached, or sent readings back for later.
        case retrying
        /// The service will not take anything until the user mends the token.
        case paused
    }

    package var lane: Lane
    package var state: State = .delivering
    /// On the clock that never steps (`Moment.bootMilliseconds`); nil before the first.
    package var lastSuccessAtBootMilliseconds: Int64?
    /// In the service's words; nil when there was none since the start.
    package var lastError: String?
    /// On the clock that never steps.
    package var lastErrorAtBootMilliseconds: Int64?

    package init(lane: Lane) {
        self.lane = lane
    }
}
