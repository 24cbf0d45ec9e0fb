/// What a lane does with readings that could not be sent when they were measured.
package struct BacklogPolicy: Sendable, Equatable {
    package enum Order: String, Sendable {
        /// As they were measured: for a history, and for who averages or verifies.
        case inOrder = "in-order"
        /// After an outage the newest first, and what was missed beside: for viewers, who see the present rate at once.
        case newestFirst = "newest-first"
    }

    package var order: Order
    /// A reading that is older when its turn comes is passed over; nil sends every one.
    package var maximumAge: Duration?

    package init(order: Order = .inOrder, maximumAge: Duration? = nil) {
        self.order = order
        self.maximumAge = maximumAge
    }
}
