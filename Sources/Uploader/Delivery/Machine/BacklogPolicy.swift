/// How a lane sends a backlog.
package struct BacklogPolicy: Sendable, Equatable {
    package enum Order: String, Sendable {
        /// Oldest first: for a history, and for services that average or verify.
        case inOrder = "in-order"
        /// After an outage the newest first; the backlog follows as a backfill. Viewers see the present rate at once.
        case newestFirst = "newest-first"
    }

    package var order: Order
    /// An older reading is skipped as expired when its turn comes; nil sends every reading.
    package var maximumAge: Duration?

    package init(order: Order = .inOrder, maximumAge: Duration? = nil) {
        self.order = order
        self.maximumAge = maximumAge
    }
}
