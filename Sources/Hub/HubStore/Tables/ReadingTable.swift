import CardiogramAPI
import HubAPI
import PulsoidAPI

/// The rows of `reading` and `beat`.
enum ReadingTable {
    /// Rows that one step deletes: some milliseconds, for which writers wait.
    static let rowsPerDeletion = 1000

    /// Readings further apart than this belong to two streams. The time between counts for no duration.
    private static let longestGapMilliseconds: Int64 = 10_000

    /// A moment up to which, or from which on, rows are deleted.
    enum DeletionBound: Sendable {
        case before(Int64)
        case after(Int64)

        var value: Int64 {
            switch self {
            case .before(let value), .after(let value): value
            }
        }

        var comparison: String {
            switch self {
            case .before: "<"
            case .after: ">"
            }
        }
    }

    // MARK: Deleting

    /// Deletes the oldest readings on one side of a moment, ``rowsPerDeletion`` at most. Milliseconds since the Unix
    /// epoch.
    /// - Returns: the number of deleted rows.
    static func deleteReadings(ofUser userID: Int64, _ bound: DeletionBound, _ db: any SQLSession) throws -> Int {
        try delete(
            """
            DELETE FROM reading WHERE user_id = ?1 AND measured_at_ms IN (
                SELECT measured_at_ms FROM reading
                WHERE user_id = ?1 AND measured_at_ms \(bound.comparison) ?2
                ORDER BY measured_at_ms LIMIT \(rowsPerDeletion))
            """, userID, bound, db)
    }

    /// The same of beats, by the second in which they began.
    static func deleteBeats(ofUser userID: Int64, _ bound: DeletionBound, _ db: any SQLSession) throws -> Int {
        try delete(
            """
            DELETE FROM beat WHERE (user_id, start_s, end_s, value) IN (
                SELECT user_id, start_s, end_s, value FROM beat
                WHERE user_id = ?1 AND start_s \(bound.comparison) ?2
                ORDER BY start_s LIMIT \(rowsPerDeletion))
            """, userID, bound, db)
    }

    private static func delete(
        _ sql: String, _ userID: Int64, _ bound: DeletionBound, _ db: any SQLSession
    ) throws -> Int {
        try db.execute(sql, userID, bound.value)
    }

    /// Some users who have a measurement or a slot on that side of the moment. Each search ends with its first row.
    static func users(
        with readings: DeletionBound, orBeats beats: DeletionBound, limit: Int, _ db: any SQLSession
    ) throws -> [Int64] {
        let bounds: [(table: String, column: String, bound: String)] = [
            ("reading", "measured_at_ms", "\(readings.comparison) ?1"),
            ("reading_detail", "measured_at_ms", "\(readings.comparison) ?1"),
            ("reading_slot", "slot", "\(readings.comparison) ?2"),
            ("beat", "start_s", "\(beats.comparison) ?3"),
        ]
        let conditions = bounds.map { table, column, bound in
            "(SELECT 1 FROM \(table) WHERE user_id = owner.id AND \(column) \(bound) LIMIT 1) IS NOT NULL"
        }
        return try db.rows(
            """
            SELECT id FROM "user" AS owner WHERE \(conditions.joined(separator: " OR "))
            ORDER BY id LIMIT \(limit)
            """, readings.value, ReadingSlot.number(ofMilliseconds: readings.value), beats.value
        ).map { try $0[0] }
    }

    // MARK: Reading

    static func count(ofUser userID: Int64, _ db: any SQLSession) throws -> Int {
        try db.value("SELECT count(*) FROM reading WHERE user_id = ?1", userID) ?? 0
    }

    /// The reading with the newest `measured_at`; nil if there is none.
    static func latest(ofUser userID: Int64, _ db: any SQLSession) throws -> HeartRateMessage? {
        try db.row(
            """
            SELECT measured_at_ms, heart_rate FROM reading WHERE user_id = ?1
            ORDER BY measured_at_ms DESC LIMIT 1
            """, userID
        ).map { HeartRateMessage(measuredAtMilliseconds: try $0[0], heartRate: try $0[1]) }
    }

    static func first(_ limit: Int, ofUser userID: Int64, _ db: any SQLSession) throws -> [HeartRateMessage] {
        try db.rows(
            "SELECT measured_at_ms, heart_rate FROM reading WHERE user_id = ?1 ORDER BY measured_at_ms LIMIT ?2",
            userID, limit
        ).map { HeartRateMessage(measuredAtMilliseconds: try $0[0], heartRate: try $0[1]) }
    }

    static func firstBeats(_ limit: Int, ofUser userID: Int64, _ db: any SQLSession) throws -> [Beat] {
        try db.rows(
            "SELECT start_s, end_s, value FROM beat WHERE user_id = ?1 ORDER BY start_s, end_s LIMIT ?2", userID, limit
        ).map { Beat(start: try $0[0], end: try $0[1], value: try $0[2]) }
    }

    /// Nil if there are no readings.
    static func statistics(
        ofUser userID: Int64, fromMilliseconds from: Int64, _ db: any SQLSession
    ) throws -> HeartRateStatistics? {
        let row = try db.row(
            """
            SELECT max(heart_rate), min(heart_rate), CAST(round(avg(heart_rate)) AS bigint),
                CAST(sum(CASE WHEN gap_ms <= ?3 THEN gap_ms ELSE 0 END) AS bigint) / 1000
            FROM (
                SELECT heart_rate, measured_at_ms - lag(measured_at_ms) OVER (ORDER BY measured_at_ms) AS gap_ms
                FROM reading WHERE user_id = ?1 AND measured_at_ms >= ?2) AS gaps
            """, userID, from, longestGapMilliseconds)
        guard let row, let maximum = try row[0] as Int? else { return nil }
        return HeartRateStatistics(
            maximumBeatsPerMinute: maximum, minimumBeatsPerMinute: try row[1], averageBeatsPerMinute: try row[2],
            streamedDurationInSeconds: try row[3], caloriesBurnedInKilocalories: 0)
    }

    /// The time at each heart rate, in milliseconds. A reading counts until the next one, if that is near.
    static func rateTimes(
        ofUser userID: Int64, _ time: Range<Int64>, _ db: any SQLSession
    ) throws -> [Int: Int64] {
        let rows = try db.rows(
            """
            SELECT heart_rate, CAST(sum(CASE WHEN gap_ms < ?4 THEN gap_ms ELSE 0 END) AS bigint)
            FROM (
                SELECT heart_rate, lead(measured_at_ms) OVER (ORDER BY measured_at_ms) - measured_at_ms AS gap_ms
                FROM reading WHERE user_id = ?1 AND measured_at_ms >= ?2 AND measured_at_ms < ?3) AS gaps
            GROUP BY heart_rate
            """, userID, time.lowerBound, time.upperBound, longestGapMilliseconds + 1)
        return try rows.reduce(into: [:]) { times, row in
            let rate: Int = try row[0]
            times[rate] = try row[1]
        }
    }

    /// The readings of a time in points of equal length.
    static func points(
        ofUser userID: Int64, _ time: Range<Int64>, resolutionSeconds: Int64, _ db: any SQLSession
    ) throws -> [ReadingHistory.Point] {
        try db.rows(
            """
            SELECT measured_at_ms / ?4 * ?4 AS point_ms,
                min(heart_rate), CAST(avg(heart_rate) AS double precision), max(heart_rate), count(*)
            FROM reading WHERE user_id = ?1 AND measured_at_ms >= ?2 AND measured_at_ms < ?3
            GROUP BY point_ms ORDER BY point_ms
            """, userID, time.lowerBound, time.upperBound, resolutionSeconds * 1000
        ).map {
            ReadingHistory.Point(
                atMilliseconds: try $0[0], minimumBPM: try $0[1], averageBPM: try $0[2], maximumBPM: try $0[3],
                count: try $0[4])
        }
    }
}
