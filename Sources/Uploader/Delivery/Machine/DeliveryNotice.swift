/// A change that is logged.
enum DeliveryNotice: Equatable {
    /// Deliveries began to fail.
    case failing(reason: String)
    /// The service rejects all requests until the user fixes the token.
    case paused(reason: String)
    /// Deliveries work again.
    case recovered
    /// The service refused readings for good.
    case setAside(count: Int, reason: String)
}
