package import HeartRate

/// A measurement with the strap it came from and the time at which it arrived.
///
/// A packet carries no time and a strap buffers nothing: the time of arrival is the time of the measurement.
package struct Reading: Sendable, Hashable {
    /// The strap's name in the configuration.
    package var strap: String
    package var measurement: HeartRateMeasurement
    /// Milliseconds since the Unix epoch. May be wrong, and set right later, on a machine without a clock battery.
    package var measuredAtMilliseconds: Int64
    /// Milliseconds since the machine booted (`CLOCK_BOOTTIME`): what ``measuredAtMilliseconds`` is set right from.
    package var bootMilliseconds: Int64

    package init(
        strap: String, measurement: HeartRateMeasurement, measuredAtMilliseconds: Int64, bootMilliseconds: Int64
    ) {
        self.strap = strap
        self.measurement = measurement
        self.measuredAtMilliseconds = measuredAtMilliseconds
        self.bootMilliseconds = bootMilliseconds
    }

    /// The rate to upload; nil where the measurement is not the rate of a heart.
    package var heartRate: UInt16? { measurement.isHeartRate ? measurement.beatsPerMinute : nil }

    /// The times between beats in milliseconds, oldest first.
    package var rrMilliseconds: [Int] { measurement.rrIntervals.map { (Int($0) * 1000 + 512) / 1024 } }

    /// Whether the strap has skin contact; nil if it does not report contact.
    package var hasContact: Bool? {
        switch measurement.contact {
        case .unsupported: nil
        case .notDetected: false
        case .detected: true
        }
    }
}
