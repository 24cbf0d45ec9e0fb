package import Outbox

/// The state of a lane's deliveries, for `status`.
package struct DeliveryStatus: Sendable, Equatable {
    /// The present state of the lane.
    package enum State: String, Sendable {
        case delivering
        /// The service cannot be reached, or asks to retry later.
        case retrying
        /// The service rejects all requests until the user fixes the token.
        case paused
    }

    package var lane: Lane
    package var state: State = .delivering
    /// On the clock that never steps (`Moment.bootMilliseconds`); nil before the first.
    package var lastSuccessAtBootMilliseconds: Int64?
    /// The service's message; nil if there was no error since the start.
    package var lastError: String?
    /// By the clock that never steps.
    package var lastErrorAtBootMilliseconds: Int64?

    package init(lane: Lane) {
        self.lane = lane
    }
}
