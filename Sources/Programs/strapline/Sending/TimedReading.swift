import HeartRate

/// A reading to be sent, and when.
struct TimedReading: Sendable, Equatable {
    /// Whose it is: a strap's name.
    let strap: String
    let measurement: HeartRateMeasurement
    /// Counted from the start; zero where it does not matter.
    let due: Duration
    /// The time of measurement that is told, since the Unix epoch; nil tells the moment at which it is due.
    let measuredAtMilliseconds: Int64?
}
