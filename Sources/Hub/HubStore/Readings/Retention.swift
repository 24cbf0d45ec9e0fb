package import Logging
import Timing

/// Deletes readings and beats that are older than the retention time, or dated ahead of the clock. It works in small
/// steps, so that writers do not wait for it.
package struct Retention: Sendable {
    /// Time between two searches for expired rows.
    private static let intervalMilliseconds: Int64 = 60 * 60 * 1000
    /// A larger step against the boot clock means that the wall clock was set.
    private static let clockStepMilliseconds: Int64 = 60_000

    /// The retention time; nil is for ever.
    private let milliseconds: Int64?
    private let aheadMilliseconds: Int64
    private let logger: Logger
    /// The next search, by the boot clock; 0 at once.
    private var nextLookMilliseconds: Int64 = 0
    /// How far the wall clock was ahead of the boot clock at the last search.
    private var clockOffset: Int64?
    private var deletedRows = 0

    /// - Parameters:
    ///   - duration: the retention time; nil is for ever.
    ///   - aheadMilliseconds: how far ahead of the clock a measurement may be dated.
    ///   - logger: reports the number of deleted rows.
    package init(_ duration: Duration?, aheadMilliseconds: Int64, logger: Logger) {
        milliseconds = duration.map { $0.components.seconds * 1000 }
        self.aheadMilliseconds = aheadMilliseconds
        self.logger = logger
    }

    /// One step, if one is due; in a shared database about some users. Without a trusted wall clock it deletes nothing:
    /// a wrong clock could expire everything.
    /// - Throws: ``HubStoreError``; the next try is after an hour.
    package mutating func step(_ store: ReadingStore, users: Int = 1) async throws {
        let now = store.time.now()
        guard now.bootMilliseconds >= nextLookMilliseconds, store.time.isWallClockTrusted() else { return }
        let due = nextLookMilliseconds
        nextLookMilliseconds = now.bootMilliseconds + Self.intervalMilliseconds
        let count = try await delete(from: store, users, now: now)
        deletedRows += count
        if count > 0 {
            // The next step goes on.
            nextLookMilliseconds = due
            return
        }
        clockOffset = now.wallMilliseconds - now.bootMilliseconds
        if deletedRows > 0 {
            logger.info("deleted expired and wrongly dated measurements", metadata: ["rows": "\(deletedRows)"])
            deletedRows = 0
        }
    }

    private func delete(from store: ReadingStore, _ users: Int, now: Moment) async throws -> Int {
        if let milliseconds {
            let count = try await store.deleteOldest(
                beforeMilliseconds: now.wallMilliseconds - milliseconds, ofUsers: users)
            if count > 0 { return count }
        }
        // An older version, or a wrong clock, accepted readings from the future. A clock that is wrong again must not
        // delete good ones: it must have been trusted for an hour without a step.
        guard let clockOffset,
            abs(now.wallMilliseconds - now.bootMilliseconds - clockOffset) <= Self.clockStepMilliseconds
        else { return 0 }
        return try await store.deleteNewest(
            afterMilliseconds: now.wallMilliseconds + aheadMilliseconds, ofUsers: users)
    }
}
