/// What a lane does with readings that could not be sent when they were measured.
public struct BacklogPolicy: Sendable, Equatable {
    public enum Order: String, Sendable {
        /// As they were measured: for a history, and for who averages or verifies.
        case inOrder = "in-order"
        /// After an outage the newest first, and what was missed beside: for viewers, who see the present rate at once.
        case newestFirst = "newest-first"
    }

    public var order: Order
    /// A reading that is older when its turn comes is passed over; nil sends every one.
    public var maximumAge: Duration?

    public init(order: Order = .inOrder, maximumAge: Duration? = nil) {
        self.order = order
        self.maximumAge = maximumAge
    }
}
