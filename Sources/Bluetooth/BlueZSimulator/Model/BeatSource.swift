public import HeartRate

/// Where a strap's next measurement comes from.
public enum BeatSource: Sendable, Hashable {
    case script(HeartRateScript)
    /// The same measurement again and again.
    case constant(HeartRateMeasurement)
    /// The same bytes again and again, well-formed or not.
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
    public var strapAddress: String
    /// Counts the strap's sent measurements from 1.
    public var number: Int
    public var bytes: [UInt8]
}
