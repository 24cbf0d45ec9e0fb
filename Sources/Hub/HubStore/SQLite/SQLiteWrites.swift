import CardiogramAPI
import GRDB
import HeartRate
import HubAPI

extension PendingWrite.Content {
    /// Writes the rows, and counts them. A new reading is added to `stored` and to its slot.
    func insert(
        _ db: Database, counting report: inout CommitReport, stored: inout [StoredReading], slots: inout SlotSums
    ) throws {
        switch self {
        case .reading(let reading):
            report.readings += 1
            guard try Self.insert(reading, db) else { return }
            stored.append(reading)
            slots.add(reading)
        case .detailed(let readings, let userID):
            report.readings += readings.count
            for detailed in readings {
                let reading = StoredReading(detailed, ofUser: userID)
                let measurement = detailed.measurement
                if measurement.isHeartRate, try Self.insert(reading, db) {
                    stored.append(reading)
                    slots.add(reading)
                }
                guard measurement.contact != .unsupported || !measurement.rrIntervals.isEmpty else { continue }
                if try Self.insert(detailed, userID: userID, db), measurement.isHeartRate {
                    slots.add(intervals: measurement.rrIntervals.count, of: reading)
                }
            }
        case .beats(let beats, let userID):
            report.beats += beats.count
            report.storedBeats += try Self.insert(beats, ofUser: userID, db)
        }
    }

    /// False if the reading was there already.
    private static func insert(_ reading: StoredReading, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        try statement.execute(arguments: [reading.userID, reading.measuredAtMilliseconds, reading.heartRate])
        return db.changesCount > 0
    }

    /// False if the details of the reading were there already.
    private static func insert(_ reading: DetailedReading, userID: Int64, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO reading_detail (user_id, measured_at_ms, contact, rr) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """)
        try statement.execute(
            arguments: [
                userID, reading.measuredAtMilliseconds, Int(reading.measurement.contact.rawValue),
                ReadingDetailTable.text(of: reading.measurement.rrIntervals),
            ])
        return db.changesCount > 0
    }

    /// Returns the number of new beats.
    private static func insert(_ beats: [Beat], ofUser userID: Int64, _ db: Database) throws -> Int {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO beat (user_id, start_s, end_s, value) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
        var count = 0
        for beat in beats {
            try statement.execute(arguments: [userID, beat.start, beat.end, beat.value])
            count += db.changesCount
        }
        return count
    }
}
