package import Logging
import Timing

/// Lets readings and beats go that are older than the hub keeps, or dated ahead: now and then, in small steps, so that
/// nobody who writes has to wait for it.
package struct Retention: Sendable {
    /// How often it is looked for what is to go. Nothing depends on a moment.
    private static let intervalMilliseconds: Int64 = 60 * 60 * 1000
    /// A wall clock that has moved by more than this against the clock that never steps was set.
    private static let clockStepMilliseconds: Int64 = 60_000

    /// How long measurements are kept; nil is for ever.
    private let milliseconds: Int64?
    private let aheadMilliseconds: Int64
    private let logger: Logger
    /// When to look next, by the clock that never steps; 0 at once.
    private var nextLookMilliseconds: Int64 = 0
    /// How far the wall clock was ahead of the other at the last look.
    private var clockOffset: Int64?
    private var deletedRows = 0

    /// - Parameters:
    ///   - duration: how long measurements are kept; nil is for ever.
    ///   - aheadMilliseconds: how far ahead of the clock a measurement may be dated.
    ///   - logger: where it is said what went.
    package init(_ duration: Duration?, aheadMilliseconds: Int64, logger: Logger) {
        milliseconds = duration.map { $0.components.seconds * 1000 }
        self.aheadMilliseconds = aheadMilliseconds
        self.logger = logger
    }

    /// One step, where one is due. Nothing is deleted while the wall clock cannot be believed: a wrong one could take all.
    /// - Throws: ``HubStoreError``; it is tried again after an hour.
    package mutating func step(_ store: HubStore) async throws {
        let now = store.time.now()
        guard now.bootMilliseconds >= nextLookMilliseconds, store.time.isWallClockTrusted() else { return }
        let due = nextLookMilliseconds
        nextLookMilliseconds = now.bootMilliseconds + Self.intervalMilliseconds
        let count = try await delete(from: store, now: now)
        deletedRows += count
        if count > 0 {
            // More is to be done with the next step.
            nextLookMilliseconds = due
            return
        }
        clockOffset = now.wallMilliseconds - now.bootMilliseconds
        if deletedRows > 0 {
            logger.info("deleted expired and wrongly dated measurements", metadata: ["rows": "\(deletedRows)"])
            deletedRows = 0
        }
    }

    private func delete(from store: HubStore, now: Moment) async throws -> Int {
        if let milliseconds {
            let count = try await store.deleteOldest(beforeMilliseconds: now.wallMilliseconds - milliseconds)
            if count > 0 { return count }
        }
        // What is dated ahead was taken by an older version, or while the clock was wrong. A clock that is wrong again
        // must not take what is right: it has been trusted for an hour now, and nobody has set it in that time.
        guard let clockOffset,
            abs(now.wallMilliseconds - now.bootMilliseconds - clockOffset) <= Self.clockStepMilliseconds
        else { return 0 }
        return try await store.deleteNewest(afterMilliseconds: now.wallMilliseconds + aheadMilliseconds)
    }
}

extension HubStore {
    /// One small step towards nothing being older than a moment.
    /// - Returns: how many rows went; 0 when nothing is older.
    fileprivate func deleteOldest(beforeMilliseconds end: Int64) async throws -> Int {
        for userID in directory.users.keys.sorted() {
            let readings = try await deleteReadings(ofUser: userID, beforeMilliseconds: end)
            if readings > 0 { return readings }
            let beats = try await deleteBeats(ofUser: userID, beforeSeconds: end / 1000)
            if beats > 0 { return beats }
        }
        return 0
    }

    /// The same towards nothing being dated after a moment.
    fileprivate func deleteNewest(afterMilliseconds start: Int64) async throws -> Int {
        for userID in directory.users.keys.sorted() {
            let readings = try await deleteReadings(ofUser: userID, afterMilliseconds: start)
            if readings > 0 { return readings }
            let beats = try await deleteBeats(ofUser: userID, afterSeconds: start / 1000)
            if beats > 0 { return beats }
        }
        return 0
    }
}
