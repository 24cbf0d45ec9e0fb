import CardiogramAPI
import GRDB
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

        fileprivate var value: Int64 {
            switch self {
            case .before(let value), .after(let value): value
            }
        }

        fileprivate var comparison: String {
            switch self {
            case .before: "<"
            case .after: ">"
            }
        }
    }

    // MARK: Writing

    /// False if the reading was there already.
    static func insert(_ reading: StoredReading, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        try statement.execute(arguments: [reading.userID, reading.measuredAtMilliseconds, reading.heartRate])
        return db.changesCount > 0
    }

    /// Returns the number of new beats.
    static func insert(_ beats: [Beat], ofUser userID: Int64, _ db: Database) throws -> Int {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO beat (user_id, start_s, end_s, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
        var count = 0
        for beat in beats {
            try statement.execute(arguments: [userID, beat.start, beat.end, beat.value])
            count += db.changesCount
        }
        return count
    }

    /// Deletes the oldest readings on one side of a moment, ``rowsPerDeletion`` at most. Milliseconds since the Unix
    /// epoch.
    /// - Returns: the number of deleted rows.
    static func deleteReadings(ofUser userID: Int64, _ bound: DeletionBound, _ db: Database) throws -> Int {
        try delete(
            """
            DELETE FROM reading WHERE user_id = :user AND measured_at_ms IN (
                SELECT measured_at_ms FROM reading WHERE user_id = :user AND measured_at_ms \(bound.comparison) :moment
                ORDER BY measured_at_ms LIMIT \(rowsPerDeletion))
            """, userID, bound, db)
    }

    /// The same of beats, by the second in which they began.
    static func deleteBeats(ofUser userID: Int64, _ bound: DeletionBound, _ db: Database) throws -> Int {
        try delete(
            """
            DELETE FROM beat WHERE (user_id, start_s, end_s, value) IN (
                SELECT user_id, start_s, end_s, value FROM beat
                WHERE user_id = :user AND start_s \(bound.comparison) :moment
                ORDER BY start_s LIMIT \(rowsPerDeletion))
            """, userID, bound, db)
    }

    private static func delete(_ sql: String, _ userID: Int64, _ bound: DeletionBound, _ db: Database) throws -> Int {
        try db.cachedStatement(sql: sql).execute(arguments: ["user": userID, "moment": bound.value])
        return db.changesCount
    }

    // MARK: Reading

    static func count(ofUser userID: Int64, _ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM reading WHERE user_id = ?", arguments: [userID]) ?? 0
    }

    /// The reading with the newest `measured_at`; nil if there is none.
    static func latest(ofUser userID: Int64, _ db: Database) throws -> HeartRateMessage? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT measured_at_ms, heart_rate FROM reading WHERE user_id = ?
                ORDER BY measured_at_ms DESC LIMIT 1
                """)
        return try Row.fetchOne(statement, arguments: [userID]).map {
            HeartRateMessage(measuredAtMilliseconds: $0[0], heartRate: $0[1])
        }
    }

    static func first(_ limit: Int, ofUser userID: Int64, _ db: Database) throws -> [HeartRateMessage] {
        let statement = try db.cachedStatement(
            sql: "SELECT measured_at_ms, heart_rate FROM reading WHERE user_id = ? ORDER BY measured_at_ms LIMIT ?")
        return try Row.fetchAll(statement, arguments: [userID, limit]).map {
            HeartRateMessage(measuredAtMilliseconds: $0[0], heartRate: $0[1])
        }
    }

    static func firstBeats(_ limit: Int, ofUser userID: Int64, _ db: Database) throws -> [Beat] {
        let statement = try db.cachedStatement(
            sql: "SELECT start_s, end_s, value FROM beat WHERE user_id = ? ORDER BY start_s, end_s LIMIT ?")
        return try Row.fetchAll(statement, arguments: [userID, limit]).map {
            Beat(start: $0[0], end: $0[1], value: $0[2])
        }
    }

    /// Nil if there are no readings.
    static func statistics(
        ofUser userID: Int64, fromMilliseconds from: Int64, _ db: Database
    ) throws -> HeartRateStatistics? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT max(heart_rate), min(heart_rate), round(avg(heart_rate)),
                    sum(iif(gap_ms <= :longest, gap_ms, 0)) / 1000
                FROM (
                    SELECT heart_rate, measured_at_ms - lag(measured_at_ms) OVER (ORDER BY measured_at_ms) AS gap_ms
                    FROM reading WHERE user_id = :user AND measured_at_ms >= :from)
                """,
            arguments: ["user": userID, "from": from, "longest": longestGapMilliseconds])
        guard let row, let maximum: Int = row[0] else { return nil }
        return HeartRateStatistics(
            maximumBeatsPerMinute: maximum, minimumBeatsPerMinute: row[1], averageBeatsPerMinute: row[2],
            streamedDurationInSeconds: row[3] ?? 0, caloriesBurnedInKilocalories: 0)
    }

    /// The readings of a time in points of equal length.
    static func points(
        ofUser userID: Int64, _ time: Range<Int64>, resolutionSeconds: Int64, _ db: Database
    ) throws -> [ReadingHistory.Point] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT measured_at_ms / :resolution * :resolution AS at,
                    min(heart_rate), avg(heart_rate), max(heart_rate), count(*)
                FROM reading WHERE user_id = :user AND measured_at_ms >= :from AND measured_at_ms < :to
                GROUP BY at ORDER BY at
                """)
        let arguments: StatementArguments = [
            "resolution": resolutionSeconds * 1000, "user": userID, "from": time.lowerBound, "to": time.upperBound,
        ]
        return try Row.fetchAll(statement, arguments: arguments).map {
            ReadingHistory.Point(
                atMilliseconds: $0[0], minimumBPM: $0[1], averageBPM: $0[2], maximumBPM: $0[3], count: $0[4])
        }
    }
}
