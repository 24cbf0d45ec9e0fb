/// A change worth a line in the log.
enum DeliveryNotice: Equatable {
    /// Deliveries began to fail.
    case failing(reason: String)
    /// The service will not take anything until the user mends the token.
    case paused(reason: String)
    /// Deliveries go through again.
    case recovered
    /// The service refused readings for good.
    case setAside(count: Int, reason: String)
}
