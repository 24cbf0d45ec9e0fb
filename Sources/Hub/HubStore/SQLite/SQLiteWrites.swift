import CardiogramAPI
import GRDB

extension PendingWrite.Content {
    /// Writes the rows, and counts them. A new reading is added to `stored`.
    func insert(_ db: Database, counting report: inout CommitReport, stored: inout [StoredReading]) throws {
        switch self {
        case .reading(let reading):
            report.readings += 1
            if try Self.insert(reading, db) { stored.append(reading) }
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
