package import CardiogramAPI
package import HubAPI
package import PulsoidAPI
package import Timing

/// Readings and beats. All methods throw ``HubStoreError``.
package struct ReadingStore: Sendable {
    private let database: HubDatabase

    init(_ database: HubDatabase) {
        self.database = database
    }

    package var time: any TimeSource { database.time }

    // MARK: Writing

    /// Keeps a reading and returns when it is on disk. If there is a reading of the same user and `measured_at`,
    /// nothing happens: the first heart rate stays.
    ///
    /// - Throws: ``HubStoreError/Code/diskFull`` or ``HubStoreError/Code/unavailable``; then nothing was kept.
    package func append(_ reading: StoredReading) async throws {
        try await database.commit(.reading(reading))
    }

    /// Keeps readings with contact and RR intervals, all or none, and returns when they are on disk. A known heart rate
    /// stays, and gets contact and RR intervals if it has none.
    package func append(_ readings: [DetailedReading], ofUser userID: Int64) async throws {
        try await database.commit(.detailed(readings, userID: userID))
    }

    /// Keeps beats, all or none, and returns when they are on disk. Known beats are skipped.
    package func append(_ beats: [Beat], ofUser userID: Int64) async throws {
        try await database.commit(.beats(beats, userID: userID))
    }

    /// Deletes up to ``ReadingTable/rowsPerDeletion`` measurements from before a moment, in milliseconds since the
    /// Unix epoch; in a shared database of each of some users.
    /// - Returns: the number of deleted rows; 0 if none is older.
    func deleteOldest(beforeMilliseconds end: Int64, ofUsers userCount: Int = 1) async throws -> Int {
        try await deleteSome(readings: .before(end), beats: .before(end / 1000), ofUsers: userCount)
    }

    /// The same for measurements from after a moment.
    func deleteNewest(afterMilliseconds start: Int64, ofUsers userCount: Int = 1) async throws -> Int {
        try await deleteSome(readings: .after(start), beats: .after(start / 1000), ofUsers: userCount)
    }

    private func deleteSome(
        readings: ReadingTable.DeletionBound, beats: ReadingTable.DeletionBound, ofUsers userCount: Int
    ) async throws -> Int {
        guard database.isShared else {
            for userID in database.directory.users.keys.sorted() {
                let count = try await deleteSome(ofUser: userID, readings: readings, beats: beats)
                if count > 0 { return count }
            }
            return 0
        }
        let users = try await database.read {
            try ReadingTable.users(with: readings, orBeats: beats, limit: userCount, $0)
        }
        var count = 0
        for userID in users {
            count += try await deleteSome(ofUser: userID, readings: readings, beats: beats)
        }
        return count
    }

    private func deleteSome(
        ofUser userID: Int64, readings: ReadingTable.DeletionBound, beats: ReadingTable.DeletionBound
    ) async throws -> Int {
        let deletedReadings = try await database.writeAsOfOneMoment {
            let count = try ReadingTable.deleteReadings(ofUser: userID, readings, $0)
            // The slot of the moment itself may have lost some of its readings.
            let slot = ReadingSlot.number(ofMilliseconds: readings.value)
            if count > 0 { try ReadingSlotTable.rebuild(ofUser: userID, slot..<slot + 1, $0) }
            return count
        }
        if deletedReadings > 0 { return deletedReadings }
        let deletedDetails = try await database.write { try ReadingDetailTable.delete(ofUser: userID, readings, $0) }
        if deletedDetails > 0 { return deletedDetails }
        let deletedSlots = try await database.write { try ReadingSlotTable.delete(ofUser: userID, readings, $0) }
        if deletedSlots > 0 { return deletedSlots }
        return try await database.write { try ReadingTable.deleteBeats(ofUser: userID, beats, $0) }
    }

    // MARK: Reading

    /// The reading with the newest `measured_at`; nil if there is none.
    ///
    /// Newest by measurement, not by arrival: after an outage an uploader delivers its backlog, and an old heart rate
    /// must not replace the current one.
    package func latest(ofUser userID: Int64) async throws -> HeartRateMessage? {
        try await database.read { try ReadingTable.latest(ofUser: userID, $0) }
    }

    /// The number of a user's readings.
    package func count(ofUser userID: Int64) async throws -> Int {
        try await database.read { try ReadingTable.count(ofUser: userID, $0) }
    }

    /// The oldest readings, by the time of measurement.
    package func oldest(ofUser userID: Int64, limit: Int) async throws -> [HeartRateMessage] {
        try await database.read { try ReadingTable.first(limit, ofUser: userID, $0) }
    }

    /// The oldest beats, by their beginning.
    package func oldestBeats(ofUser userID: Int64, limit: Int) async throws -> [Beat] {
        try await database.read { try ReadingTable.firstBeats(limit, ofUser: userID, $0) }
    }

    /// The user's heart rate over the last time; nil if there are no readings.
    ///
    /// The duration is the sum of the times between readings that are at most 10 s apart. Calories are 0: they depend
    /// on age, weight and sex, which the hub does not know.
    package func statistics(
        ofUser userID: Int64, over range: StatisticsRange
    ) async throws -> HeartRateStatistics? {
        let from = database.time.now().wallMilliseconds - range.milliseconds
        return try await database.read { try ReadingTable.statistics(ofUser: userID, fromMilliseconds: from, $0) }
    }

    /// The readings of a time in points of `resolutionSeconds`, in order. Reads the whole time, so the caller must
    /// limit it.
    package func points(
        ofUser userID: Int64, _ milliseconds: Range<Int64>, resolutionSeconds: Int64
    ) async throws -> [ReadingHistory.Point] {
        try await database.read { db in
            try ReadingTable.points(ofUser: userID, milliseconds, resolutionSeconds: resolutionSeconds, db)
        }
    }
}
