import GRDB
package import PulsoidAPI
import Timing

extension HubStore {
    /// Readings further apart than this are of two streams: what lies between counts for no duration.
    private static let longestGapMilliseconds: Int64 = 10_000

    /// The user's heart rate over the time before now; nil when there is none.
    ///
    /// The duration is the sum of the times between readings that follow each other within 10 s. Calories are 0: nobody
    /// can tell them from a heart rate without age, weight and sex, which the hub does not know.
    package func statistics(ofUser userID: Int64, over range: StatisticsRange) async throws -> HeartRateStatistics? {
        let from = time.now().wallMilliseconds - range.milliseconds
        return try await reading { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT max(heart_rate), min(heart_rate), round(avg(heart_rate)),
                        sum(iif(gap_ms <= :longest, gap_ms, 0)) / 1000
                    FROM (
                        SELECT heart_rate, measured_at_ms - lag(measured_at_ms) OVER (ORDER BY measured_at_ms) AS gap_ms
                        FROM reading WHERE user_id = :user AND measured_at_ms >= :from)
                    """,
                arguments: ["user": userID, "from": from, "longest": Self.longestGapMilliseconds])
            guard let row, let maximum: Int = row[0] else { return nil }
            return HeartRateStatistics(
                maximumBeatsPerMinute: maximum, minimumBeatsPerMinute: row[1], averageBeatsPerMinute: row[2],
                streamedDurationInSeconds: row[3] ?? 0, caloriesBurnedInKilocalories: 0)
        }
    }
}
