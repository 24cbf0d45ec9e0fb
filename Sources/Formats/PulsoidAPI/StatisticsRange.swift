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
