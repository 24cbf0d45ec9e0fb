public import HeartRate
public import Timing

/// Something that happened to a strap.
public struct StrapEvent: Sendable {
    public enum Kind: Sendable {
        /// The strap's state is another one since ``StrapEvent/at``.
        case state(StrapState)
        /// What the strap tells about itself is known, or is another: all that is known since ``StrapEvent/at``.
        case details(StrapDetails)
        /// A measurement, stamped on arrival. It may be no heart rate: see `HeartRateMeasurement.isHeartRate`.
        case measurement(HeartRateMeasurement)
        /// A notification that is not a Heart Rate Measurement.
        case malformed(bytes: [UInt8], HeartRateMeasurement.DecodingError)
        /// So many measurements were thrown away because nobody took them in time
        /// (``HeartRateCentral/pendingMeasurementLimit``).
        case overflow(lost: Int)
    }

    /// ``StrapConfiguration/name``
    public var strap: String
    /// When it happened; for measurements the time of arrival.
    public var at: Moment
    public var kind: Kind

    public init(strap: String, at: Moment, kind: Kind) {
        self.strap = strap
        self.at = at
        self.kind = kind
    }
}
