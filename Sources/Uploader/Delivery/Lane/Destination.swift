package import Outbox

/// A service that readings are delivered to, for one strap: what it takes at once, how fast, and the sending itself.
///
/// A destination only translates its service's answers into a ``DeliveryOutcome``; when to send, what to repeat and what
/// to set aside is decided in this room alone.
package protocol Destination: Sendable {
    /// The name in the configuration, unique among one strap's destinations. It names the cursor in the outbox: a
    /// destination that is renamed starts anew.
    var name: String { get }

    /// How much the service takes, and how fast.
    var limits: DestinationLimits { get }

    /// Sends these readings in one request and says what became of them.
    ///
    /// All have a ``Reading/heartRate``, are of one strap and stand in the order in which they were received. When the
    /// task is cancelled the answer may be ``DeliveryOutcome/tryLater(after:reason:)``: the readings are then sent again
    /// after the next start.
    func deliver(_ readings: [Reading]) async -> DeliveryOutcome
}
