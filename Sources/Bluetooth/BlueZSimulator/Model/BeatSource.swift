public import HeartRate

/// The source of a strap's measurements.
public enum BeatSource: Sendable, Hashable {
    /// A simulated heart.
    case script(HeartRateScript)
    /// The same measurement each time.
    case constant(HeartRateMeasurement)
    /// The same bytes each time, well-formed or not.
    case raw([UInt8])

    /// The bytes of the next notification.
    mutating func next() -> [UInt8] {
        switch self {
        case .script(var script):
            let measurement = script.next()
            self = .script(script)
            return measurement.encoded()
        case .constant(let measurement): return measurement.encoded()
        case .raw(let bytes): return bytes
        }
    }
}

/// One notification of Heart Rate Measurement that the simulator has sent.
public struct SentMeasurement: Sendable, Hashable {
    /// The address of the strap.
    public var strapAddress: String
    /// The number of the measurement, counted from 1 for each strap.
    public var number: Int
    /// The bytes of the notification.
    public var bytes: [UInt8]
}
