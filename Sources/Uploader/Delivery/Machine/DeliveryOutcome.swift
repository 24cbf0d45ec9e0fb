/// What became of readings that were sent. There are four outcomes and no others.
package enum DeliveryOutcome: Sendable, Equatable {
    /// The service has them.
    case accepted
    /// The service could not take them now, or nobody knows whether it did: send them again, not before `after` where
    /// the service named a time.
    case tryLater(after: Duration?, reason: String)
    /// The service will never take these readings as they are, and says why.
    case refused(reason: String)
    /// The token is missing, wrong, expired or without the scope: nothing will be taken until the user mends it.
    /// `reason` says how.
    case notAuthorised(reason: String)
}
