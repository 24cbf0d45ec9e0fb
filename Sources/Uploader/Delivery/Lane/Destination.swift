package import Outbox

/// A service that takes the readings of one strap: its limits, and how to send.
///
/// A destination only translates its service's answers into a ``DeliveryOutcome``. When to send, retry and set aside is
/// decided in this target alone.
package protocol Destination: Sendable {
    /// The name in the configuration, unique among one strap's destinations. It names the cursor in the outbox: a
    /// renamed destination starts with a new cursor.
    var name: String { get }

    /// How much the service takes, and how fast.
    var limits: DestinationLimits { get }

    /// Sends these readings in one request and returns the outcome.
    ///
    /// All have a ``Reading/heartRate``, are of one strap and stand in the order in which they were received. When the
    /// task is cancelled the answer may be ``DeliveryOutcome/tryLater(after:reason:)``: the readings are then sent
    /// again after the next start.
    func deliver(_ readings: [Reading]) async -> DeliveryOutcome
}
