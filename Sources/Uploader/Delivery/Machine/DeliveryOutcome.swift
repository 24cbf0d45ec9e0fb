/// The outcome of a request. There are four and no others.
package enum DeliveryOutcome: Sendable, Equatable {
    /// The service has them.
    case accepted
    /// The service could not take them now, or there was no answer: retry, not before `after` if the service named a
    /// time.
    case tryLater(after: Duration?, reason: String)
    /// The service rejects these readings for good, with a reason.
    case refused(reason: String)
    /// The service rejects everything until the user fixes the token or the configuration. `reason` says how. No
    /// reading is at fault.
    case pause(reason: String)
}
