/// The time that ``HeartRateStatistics`` are about, up to now: `?time_range=`.
public enum StatisticsRange: String, Sendable, Hashable, CaseIterable {
    case day = "24h"
    case week = "7d"
    case month = "30d"

    /// Its length.
    public var milliseconds: Int64 {
        let hour: Int64 = 60 * 60 * 1000
        return switch self {
        case .day: 24 * hour
        case .week: 7 * 24 * hour
        case .month: 30 * 24 * hour
        }
    }
}
