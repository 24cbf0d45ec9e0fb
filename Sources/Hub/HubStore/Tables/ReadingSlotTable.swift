import HeartRate
import HubAPI

/// The rows of `reading_slot` and `slot_backlog`: readings summed up.
enum ReadingSlotTable {
    /// Slots that one step of the backlog sums up: six hours.
    private static let slotsPerStep: Int64 = 72

    static let columns = """
        slot, first_ms, last_ms, readings, rate_sum, lowest_rate, highest_rate, minute_bits, intervals
        """

    /// The end of an `INSERT` that adds to slots that are there.
    static let merging = """
        ON CONFLICT (user_id, slot) DO UPDATE SET
            first_ms = CASE WHEN excluded.first_ms < reading_slot.first_ms
                THEN excluded.first_ms ELSE reading_slot.first_ms END,
            last_ms = CASE WHEN excluded.last_ms > reading_slot.last_ms
                THEN excluded.last_ms ELSE reading_slot.last_ms END,
            readings = reading_slot.readings + excluded.readings,
            rate_sum = reading_slot.rate_sum + excluded.rate_sum,
            lowest_rate = CASE WHEN excluded.lowest_rate < reading_slot.lowest_rate
                THEN excluded.lowest_rate ELSE reading_slot.lowest_rate END,
            highest_rate = CASE WHEN excluded.highest_rate > reading_slot.highest_rate
                THEN excluded.highest_rate ELSE reading_slot.highest_rate END,
            minute_bits = reading_slot.minute_bits | excluded.minute_bits,
            intervals = reading_slot.intervals + excluded.intervals
        """

    private static let addition = """
        INSERT INTO reading_slot (user_id, \(columns)) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        \(merging)
        """

    static func add(_ slot: ReadingSlot, ofUser userID: Int64, _ db: any SQLSession) throws {
        try db.execute(
            addition, userID, slot.number, slot.firstMilliseconds, slot.lastMilliseconds, slot.readings, slot.rateSum,
            slot.lowestRate, slot.highestRate, slot.minuteBits, slot.intervals)
    }

    /// Some slots of a range, the newest or the oldest.
    static func slots(
        ofUser userID: Int64, _ numbers: Range<Int64>, newestFirst: Bool, limit: Int, _ db: any SQLSession
    ) throws -> [ReadingSlot] {
        try db.rows(
            """
            SELECT \(columns) FROM reading_slot WHERE user_id = ?1 AND slot >= ?2 AND slot < ?3
            ORDER BY slot \(newestFirst ? "DESC" : "ASC") LIMIT ?4
            """, userID, numbers.lowerBound, numbers.upperBound, limit
        ).map { row in
            ReadingSlot(
                number: try row[0], firstMilliseconds: try row[1], lastMilliseconds: try row[2],
                readings: try row[3], rateSum: try row[4], lowestRate: try row[5], highestRate: try row[6],
                minuteBits: try row[7], intervals: try row[8])
        }
    }

    /// Deletes some slots on one side of a moment, in milliseconds since the Unix epoch; not the slot of the moment.
    /// - Returns: the number of deleted slots.
    static func delete(ofUser userID: Int64, _ bound: ReadingTable.DeletionBound, _ db: any SQLSession) throws -> Int {
        try db.execute(
            """
            DELETE FROM reading_slot WHERE user_id = ?1 AND slot IN (
                SELECT slot FROM reading_slot WHERE user_id = ?1 AND slot \(bound.comparison) ?2
                ORDER BY slot LIMIT \(ReadingTable.rowsPerDeletion))
            """, userID, ReadingSlot.number(ofMilliseconds: bound.value))
    }

    // MARK: Summing up again

    /// Sums the slots of a range up again, from their readings. All statements must see one moment.
    static func rebuild(ofUser userID: Int64, _ numbers: Range<Int64>, _ db: any SQLSession) throws {
        try db.execute(
            "DELETE FROM reading_slot WHERE user_id = ?1 AND slot >= ?2 AND slot < ?3", userID, numbers.lowerBound,
            numbers.upperBound)
        let readings = try ReadingDetailTable.readings(
            ofUser: userID,
            numbers.lowerBound * ReadingSlot.milliseconds..<numbers.upperBound * ReadingSlot.milliseconds,
            limit: .max, db)
        var slots: [Int64: ReadingSlot] = [:]
        for reading in readings where reading.measurement.isHeartRate {
            let stored = StoredReading(reading, ofUser: userID)
            slots.add(ReadingSlot(stored))
            slots.add(ReadingSlot(intervals: reading.measurement.rrIntervals.count, of: stored))
        }
        // In the order in which a client's write adds to them.
        for slot in slots.values.sorted(by: { $0.number < $1.number }) { try add(slot, ofUser: userID, db) }
    }

    /// Whether there are readings from before the table that are not summed up.
    static func hasBacklog(_ db: any SQLSession) throws -> Bool {
        try db.row("SELECT 1 FROM slot_backlog LIMIT 1") != nil
    }

    /// Sums up some readings from before the table. `slot_backlog` has a row for each user who has such readings. All
    /// statements must see one moment.
    /// - Returns: false if there are none.
    static func rebuildSome(_ db: any SQLSession) throws -> Bool {
        guard let row = try db.row("SELECT user_id, before_ms FROM slot_backlog ORDER BY user_id LIMIT 1") else {
            return false
        }
        let (userID, before): (Int64, Int64) = (try row[0], try row[1])
        let newest =
            try db.value(
                "SELECT max(measured_at_ms) FROM reading WHERE user_id = ?1 AND measured_at_ms < ?2", userID, before)
            as Int64?
        guard let newest else {
            try db.execute("DELETE FROM slot_backlog WHERE user_id = ?1", userID)
            return true
        }
        let end = ReadingSlot.number(ofMilliseconds: newest) + 1
        try rebuild(ofUser: userID, end - slotsPerStep..<end, db)
        try db.execute(
            "UPDATE slot_backlog SET before_ms = ?2 WHERE user_id = ?1", userID,
            (end - slotsPerStep) * ReadingSlot.milliseconds)
        return true
    }
}

extension [Int64: ReadingSlot] {
    /// Adds to the slot of its number.
    mutating func add(_ slot: ReadingSlot) {
        if self[slot.number]?.add(slot) == nil { self[slot.number] = slot }
    }
}
