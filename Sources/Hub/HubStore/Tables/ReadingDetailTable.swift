import HeartRate
import HubAPI

/// The rows of `reading_detail`: the contact and the RR intervals of readings.
enum ReadingDetailTable {
    /// The intervals as the table has them: `821 809`.
    static func text(of intervals: [UInt16]) -> String { intervals.map { "\($0)" }.joined(separator: " ") }

    private static func intervals(of text: String) -> [UInt16] { text.split(separator: " ").compactMap { UInt16($0) } }

    /// Readings of a time with their details, in order; those without contact too.
    static func readings(
        ofUser userID: Int64, _ time: Range<Int64>, limit: Int, _ db: any SQLSession
    ) throws -> [DetailedReading] {
        let readings = try db.rows(
            """
            SELECT reading.measured_at_ms, reading.heart_rate, detail.contact, detail.rr
            FROM reading LEFT JOIN reading_detail AS detail
                ON detail.user_id = reading.user_id AND detail.measured_at_ms = reading.measured_at_ms
            WHERE reading.user_id = ?1 AND reading.measured_at_ms >= ?2 AND reading.measured_at_ms < ?3
            ORDER BY reading.measured_at_ms LIMIT ?4
            """, userID, time.lowerBound, time.upperBound, limit
        ).map { row in
            reading(at: try row[0], rate: try row[1], contact: try row[2], intervals: try row[3])
        }
        let losses = try db.rows(
            """
            SELECT measured_at_ms FROM reading_detail
            WHERE user_id = ?1 AND measured_at_ms >= ?2 AND measured_at_ms < ?3 AND contact = ?4
            ORDER BY measured_at_ms LIMIT ?5
            """, userID, time.lowerBound, time.upperBound, Int(SensorContact.notDetected.rawValue), limit
        ).map { row in
            reading(at: try row[0], rate: 0, contact: Int(SensorContact.notDetected.rawValue), intervals: nil)
        }
        if losses.isEmpty { return readings }
        return (readings + losses).sorted { $0.measuredAtMilliseconds < $1.measuredAtMilliseconds }
    }

    private static func reading(
        at milliseconds: Int64, rate: Int, contact: Int?, intervals: String?
    ) -> DetailedReading {
        DetailedReading(
            measuredAtMilliseconds: milliseconds,
            measurement: HeartRateMeasurement(
                beatsPerMinute: UInt16(clamping: rate),
                contact: contact.flatMap { UInt8(exactly: $0) }.flatMap(SensorContact.init) ?? .unsupported,
                rrIntervals: intervals.map(Self.intervals) ?? []))
    }

    /// Deletes some details on one side of a moment.
    /// - Returns: the number of deleted rows.
    static func delete(ofUser userID: Int64, _ bound: ReadingTable.DeletionBound, _ db: any SQLSession) throws -> Int {
        try db.execute(
            """
            DELETE FROM reading_detail WHERE user_id = ?1 AND measured_at_ms IN (
                SELECT measured_at_ms FROM reading_detail
                WHERE user_id = ?1 AND measured_at_ms \(bound.comparison) ?2
                ORDER BY measured_at_ms LIMIT \(ReadingTable.rowsPerDeletion))
            """, userID, bound.value)
    }
}
