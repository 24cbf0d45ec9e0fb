import CardiogramAPI
import HeartRate
import HubAPI
import Postgres

/// Clients' writes as the values of one statement.
///
/// All rows are in the order of their keys: two hubs with the same rows in different orders would wait for each other
/// without end.
struct PostgresWrites {
    private struct Key: Hashable, Comparable {
        let userID: Int64
        let moment: Int64

        static func < (one: Key, other: Key) -> Bool { (one.userID, one.moment) < (other.userID, other.moment) }
    }

    /// Inserts readings (`$1` to `$4`), beats (`$5` to `$8`) and details of readings (`$9` to `$14`), adds new ones to
    /// their slots, writes the new readings to the log, and notifies all hubs when it commits.
    ///
    /// The number in the log is drawn under a lock that is held until the commit: a hub that reads the log after a
    /// break has the same order as one that was notified. The lock is taken last, so that its holder waits for no row.
    ///
    /// If some rows were there already (`$15` says how many were sent), their commit may not have reached a standby:
    /// its wait can be cancelled. The message of the write-ahead log makes this commit wait for it.
    static let statement = """
        WITH offered AS (
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bigint[])
                AS r (user_id, measured_at_ms, heart_rate, place)),
        new AS (
            INSERT INTO reading (user_id, measured_at_ms, heart_rate)
            SELECT user_id, measured_at_ms, heart_rate FROM offered
            ON CONFLICT DO NOTHING RETURNING user_id, measured_at_ms, heart_rate),
        new_beat AS (
            INSERT INTO beat (user_id, start_s, end_s, value)
            SELECT * FROM unnest($5::bigint[], $6::bigint[], $7::bigint[], $8::double precision[])
            ON CONFLICT DO NOTHING RETURNING user_id),
        detail AS (
            SELECT * FROM unnest($9::bigint[], $10::bigint[], $11::bigint[], $12::text[], $13::bigint[], $14::boolean[])
                AS d (user_id, measured_at_ms, contact, rr, intervals, is_heart_rate)),
        new_detail AS (
            INSERT INTO reading_detail (user_id, measured_at_ms, contact, rr)
            SELECT user_id, measured_at_ms, contact, rr FROM detail
            ON CONFLICT DO NOTHING RETURNING user_id, measured_at_ms),
        part AS (
            SELECT user_id, measured_at_ms, heart_rate, 0 AS intervals FROM new
            UNION ALL
            SELECT user_id, measured_at_ms, NULL, intervals
            FROM new_detail JOIN detail USING (user_id, measured_at_ms) WHERE is_heart_rate),
        slot AS (
            INSERT INTO reading_slot (user_id, \(ReadingSlotTable.columns))
            SELECT user_id, measured_at_ms / 300000 AS number, min(measured_at_ms), max(measured_at_ms),
                count(heart_rate), coalesce(sum(heart_rate), 0), coalesce(min(heart_rate), 65535),
                coalesce(max(heart_rate), 0),
                coalesce(bit_or(1 << (measured_at_ms % 300000 / 60000)::int) FILTER (WHERE heart_rate IS NOT NULL), 0),
                sum(intervals)
            FROM part GROUP BY user_id, number ORDER BY user_id, number
            \(ReadingSlotTable.merging) RETURNING user_id),
        event AS (
            INSERT INTO hub_event (body)
            SELECT 'r ' || string_agg(
                user_id || ',' || measured_at_ms || ',' || new.heart_rate, ';' ORDER BY place)
            FROM new JOIN offered USING (user_id, measured_at_ms)
            HAVING CASE WHEN count(*) > 0 AND (SELECT count(*) FROM new_beat) + (SELECT count(*) FROM slot) >= 0
                THEN \(AdvisoryLock.logOrder.call) IS NOT NULL ELSE false END
            RETURNING seq, body),
        counts AS (
            SELECT (SELECT count(*) FROM new) AS readings, (SELECT count(*) FROM new_beat) AS beats,
                (SELECT count(*) FROM new_detail) AS details)
        SELECT readings, beats, current_setting('synchronous_standby_names'),
            (SELECT pg_notify('strapline', CASE WHEN length(body) < 7900 THEN seq || ' ' || body ELSE seq::text END)
             FROM event),
            CASE WHEN readings + beats + details < $15
                THEN pg_logical_emit_message(true, 'strapline', ''::text) IS NULL END
        FROM counts
        """

    /// The counts of sent rows; the statement counts the new ones.
    private(set) var report = CommitReport()
    private var readings: [Key: (heartRate: Int, place: Int64)] = [:]
    private var beats: [(userID: Int64, beat: Beat)] = []
    private var details: [Key: HeartRateMeasurement] = [:]

    init(_ group: [PendingWrite.Content]) {
        for content in group {
            switch content {
            case .reading(let reading): add(reading)
            case .detailed(let readings, let userID):
                for detailed in readings { add(detailed, ofUser: userID) }
            case .beats(let more, let userID):
                beats += more.map { (userID, $0) }
                report.beats += more.count
            }
        }
        beats.sort { one, other in
            (one.userID, one.beat.start, one.beat.end, one.beat.value)
                < (other.userID, other.beat.start, other.beat.end, other.beat.value)
        }
    }

    private mutating func add(_ reading: StoredReading) {
        let key = Key(userID: reading.userID, moment: reading.measuredAtMilliseconds)
        // The first heart rate stays.
        if readings[key] == nil { readings[key] = (reading.heartRate, Int64(report.readings)) }
        report.readings += 1
    }

    private mutating func add(_ detailed: DetailedReading, ofUser userID: Int64) {
        let measurement = detailed.measurement
        if measurement.isHeartRate {
            add(StoredReading(detailed, ofUser: userID))
        } else {
            report.readings += 1
        }
        guard measurement.contact != .unsupported || !measurement.rrIntervals.isEmpty else { return }
        let key = Key(userID: userID, moment: detailed.measuredAtMilliseconds)
        if details[key] == nil { details[key] = measurement }
    }

    /// The values of ``statement``.
    var values: [PostgresValue] {
        let sorted = readings.sorted { $0.key < $1.key }
        let details = details.sorted { $0.key < $1.key }
        return [
            .int8Array(sorted.map(\.key.userID)), .int8Array(sorted.map(\.key.moment)),
            .int4Array(sorted.map { Int32(clamping: $0.value.heartRate) }), .int8Array(sorted.map(\.value.place)),
            .int8Array(beats.map(\.userID)), .int8Array(beats.map(\.beat.start)), .int8Array(beats.map(\.beat.end)),
            .doubleArray(beats.map(\.beat.value)),
            .int8Array(details.map(\.key.userID)), .int8Array(details.map(\.key.moment)),
            .int8Array(details.map { Int64($0.value.contact.rawValue) }),
            .textArray(details.map { ReadingDetailTable.text(of: $0.value.rrIntervals) }),
            .int8Array(details.map { Int64($0.value.rrIntervals.count) }),
            .boolArray(details.map(\.value.isHeartRate)),
            .int8(Int64(sorted.count + beats.count + details.count)),
        ]
    }

    /// Runs the statement as one transaction.
    /// - Throws: `PostgresError/Code/unconfirmed` if only one disk may have the rows.
    func commit(_ connection: PostgresConnection, isSingleCopy: Bool) throws -> CommitReport {
        let answer = try connection.run(Self.statement, values)
        if let warning = answer.notices.first(where: { $0.severity >= .warning }) {
            throw PostgresError(.unconfirmed, warning.text, sqlState: warning.sqlState)
        }
        guard let row = answer.first, let readings = row[0].int, let beats = row[1].int else {
            throw PostgresError(.value, "the answer to a commit has other columns")
        }
        try PostgresSafety.requireNames(row[2].text, isSingleCopy: isSingleCopy)
        var report = report
        report.succeeded = true
        report.storedReadings = Int(readings)
        report.storedBeats = Int(beats)
        return report
    }
}
