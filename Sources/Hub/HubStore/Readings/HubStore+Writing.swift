package import CardiogramAPI
import GRDB
package import PulsoidAPI
import Synchronization

extension HubStore {
    /// Keeps a reading and returns when it is on disk. A reading of the same user and `measured_at` is kept already: then
    /// nothing happens, whatever heart rate it tells.
    ///
    /// - Throws: ``HubStoreError`` with ``HubStoreError/Code/diskFull`` or ``HubStoreError/Code/unavailable``; then nothing
    ///   was kept.
    package func append(_ reading: StoredReading) async throws {
        try await commit(.reading(reading))
    }

    /// Keeps beats, all or none, and returns when they are on disk. One that is kept already is passed over.
    package func append(_ beats: [Beat], ofUser userID: Int64) async throws {
        try await commit(.beats(beats, userID: userID))
    }

    /// Group commit without a clock: every write asks the writer's queue for a turn; whoever's turn comes first commits all
    /// that wait, and the others find nothing left to do.
    private func commit(_ content: PendingWrite.Content) async throws {
        try await withCheckedThrowingContinuation { continuation in
            pending.withLock { $0.append(PendingWrite(content: content, committed: continuation)) }
            database.asyncWriteWithoutTransaction { self.commitPending($0) }
        }
    }

    private func commitPending(_ db: Database) {
        let group = pending.withLock { pending in
            defer { pending = [] }
            return pending
        }
        guard !group.isEmpty else { return }
        let start = ContinuousClock.now
        var report = CommitReport()
        do {
            var stored: [StoredReading] = []
            state.withLock { $0.work.writeTransactions += 1 }
            try db.inTransaction(.immediate) {
                for write in group {
                    switch write.content {
                    case .reading(let reading):
                        report.readings += 1
                        if try Self.insert(reading, db) { stored.append(reading) }
                    case .beats(let beats, let userID):
                        report.beats += beats.count
                        report.storedBeats += try Self.insert(beats, ofUser: userID, db)
                    }
                }
                return .commit
            }
            report.succeeded = true
            report.storedReadings = stored.count
            report.seconds = (ContinuousClock.now - start) / .seconds(1)
            let (observer, directory) = state.withLock { ($0.observer, $0.directory) }
            observer?(.committed(report))
            if !stored.isEmpty { observer?(.stored(stored, directory)) }
            for write in group { write.committed.resume() }
        } catch {
            let error = HubStoreError(foreign: error)
            state.withLock { $0.observer }?(.committed(CommitReport()))
            for write in group { write.committed.resume(throwing: error) }
        }
    }

    /// False when it was there already.
    private static func insert(_ reading: StoredReading, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO reading (user_id, measured_at_ms, heart_rate) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
        try statement.execute(arguments: [reading.userID, reading.measuredAtMilliseconds, reading.heartRate])
        return db.changesCount > 0
    }

    /// Returns how many were not there before.
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

    /// The user's reading with the newest `measured_at`; nil when there is none.
    ///
    /// Newest by measurement, not by arrival: an uploader that comes back after an outage delivers what it kept, and the
    /// past must not take the place of what the heart does now.
    package func latestReading(ofUser userID: Int64) async throws -> HeartRateMessage? {
        do {
            return try await database.read { db in
                let statement = try db.cachedStatement(
                    sql: """
                        SELECT measured_at_ms, heart_rate FROM reading WHERE user_id = ?
                        ORDER BY measured_at_ms DESC LIMIT 1
                        """)
                return try Row.fetchOne(statement, arguments: [userID]).map {
                    HeartRateMessage(measuredAtMilliseconds: $0[0], heartRate: $0[1])
                }
            }
        } catch {
            throw HubStoreError(foreign: error)
        }
    }
}

extension HubStoreError {
    /// Names an error of SQLite in the store's terms.
    package init(foreign error: any Error) {
        switch error {
        case let error as HubStoreError: self = error
        case let error as RandomnessError: self.init(.noRandomness, error.description)
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL:
            self.init(.diskFull, "The disk with the hub's database is full (\(error)). Free some space on it.")
        case let error as DatabaseError where error.resultCode == .SQLITE_READONLY:
            self.init(
                .readOnly, "The hub's database cannot be written (\(error)). See whether its disk is mounted read-only."
            )
        default: self.init(.unavailable, "The hub's database failed: \(error)")
        }
    }
}
