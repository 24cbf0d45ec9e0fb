import HeartRate
import HubAPI

/// A reading of a user.
package struct StoredReading: Sendable, Hashable {
    package let userID: Int64
    /// Milliseconds since the Unix epoch.
    package let measuredAtMilliseconds: Int64
    /// Beats per minute, above 0.
    package let heartRate: Int

    package init(userID: Int64, measuredAtMilliseconds: Int64, heartRate: Int) {
        self.userID = userID
        self.measuredAtMilliseconds = measuredAtMilliseconds
        self.heartRate = heartRate
    }

    /// The heart rate of a reading with details.
    init(_ reading: DetailedReading, ofUser userID: Int64) {
        self.init(
            userID: userID, measuredAtMilliseconds: reading.measuredAtMilliseconds,
            heartRate: Int(reading.measurement.beatsPerMinute))
    }
}
