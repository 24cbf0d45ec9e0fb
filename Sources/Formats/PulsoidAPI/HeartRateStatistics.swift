/// A user's heart rate over a ``StatisticsRange``: the answer of `GET /api/v1/statistics` (docs.pulsoid.net, "Read
/// Statistics"). Whole numbers, which is what the readers in the wild declare.
public struct HeartRateStatistics: Sendable, Hashable, Codable {
    public var maximumBeatsPerMinute: Int
    public var minimumBeatsPerMinute: Int
    public var averageBeatsPerMinute: Int
    public var streamedDurationInSeconds: Int64
    public var caloriesBurnedInKilocalories: Int

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
