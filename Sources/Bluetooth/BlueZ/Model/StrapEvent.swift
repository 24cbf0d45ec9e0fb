public import HeartRate
public import Timing

/// An event of a strap, for the consumer of a ``HeartRateCentral``.
public struct StrapEvent: Sendable {
    /// The kind of an event.
    public enum Kind: Sendable {
        /// The state of the strap has changed.
        case state(StrapState)
        /// The details of the strap have changed. The event has all known details.
        case details(StrapDetails)
        /// A measurement. It may have no heart rate: see `HeartRateMeasurement.isHeartRate`.
        case measurement(HeartRateMeasurement)
        /// A notification that is not a Heart Rate Measurement.
        case malformed(bytes: [UInt8], HeartRateMeasurement.DecodingError)
        /// The number of measurements that were dropped, because the consumer was too slow
        /// (``HeartRateCentral/pendingMeasurementLimit``).
        case overflow(lost: Int)
    }

    /// The name of the strap: ``StrapConfiguration/name``.
    public var strap: String
    /// The time of the event. For a measurement it is the time of arrival.
    public var at: Moment
    /// The event.
    public var kind: Kind

    /// Makes an event.
    public init(strap: String, at: Moment, kind: Kind) {
        self.strap = strap
        self.at = at
        self.kind = kind
    }
}
