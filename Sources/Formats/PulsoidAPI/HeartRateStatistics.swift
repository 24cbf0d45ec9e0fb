/// A user's heart rate over a ``StatisticsRange``: the answer of `GET /api/v1/statistics`.
///
/// All are whole numbers, as existing readers declare them. [Read Statistics](https://docs.pulsoid.net/)
public struct HeartRateStatistics: Sendable, Hashable, Codable {
    /// The highest heart rate.
    public var maximumBeatsPerMinute: Int
    /// The lowest heart rate.
    public var minimumBeatsPerMinute: Int
    /// The average heart rate.
    public var averageBeatsPerMinute: Int
    /// The time with heart rate.
    public var streamedDurationInSeconds: Int64
    /// The estimated energy.
    public var caloriesBurnedInKilocalories: Int

    /// Makes statistics.
    public init(
        maximumBeatsPerMinute: Int, minimumBeatsPerMinute: Int, averageBeatsPerMinute: Int,
        streamedDurationInSeconds: Int64, caloriesBurnedInKilocalories: Int
    ) {
        self.maximumBeatsPerMinute = maximumBeatsPerMinute
        self.minimumBeatsPerMinute = minimumBeatsPerMinute
        self.averageBeatsPerMinute = averageBeatsPerMinute
        self.streamedDurationInSeconds = streamedDurationInSeconds
        self.caloriesBurnedInKilocalories = caloriesBurnedInKilocalories
    }

    private enum CodingKeys: String, CodingKey {
        case maximumBeatsPerMinute = "maximum_beats_per_minute"
        case minimumBeatsPerMinute = "minimum_beats_per_minute"
        case averageBeatsPerMinute = "average_beats_per_minute"
        case streamedDurationInSeconds = "streamed_duration_in_seconds"
        case caloriesBurnedInKilocalories = "calories_burned_in_kcal"
    }
}

/// The time range of ``HeartRateStatistics``, up to now: `?time_range=`.
public enum StatisticsRange: String, Sendable, Hashable, CaseIterable {
    /// The last 24 hours.
    case day = "24h"
    /// The last 7 days.
    case week = "7d"
    /// The last 30 days.
    case month = "30d"

    /// The length of the range.
    public var milliseconds: Int64 {
        let hour: Int64 = 60 * 60 * 1000
        return switch self {
        case .day: 24 * hour
        case .week: 7 * 24 * hour
        case .month: 30 * 24 * hour
        }
    }
}
