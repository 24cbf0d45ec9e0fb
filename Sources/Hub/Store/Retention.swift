import Logging
import Timing

/// Lets readings and beats go that are older than the hub keeps: now and then, in small steps, so that nobody who writes has
/// to wait for it.
struct Retention: Sendable {
    /// How often it is looked for what is too old. Nothing depends on a moment.
    private static let intervalMilliseconds: Int64 = 60 * 60 * 1000

    private let milliseconds: Int64
    private let logger: Logger
    /// When to look next, by the clock that never steps; 0 at once.
    private var nextLookMilliseconds: Int64 = 0
    private var deletedRows = 0

    /// Nil is for ever.
    init?(_ duration: Duration?, logger: Logger) {
        guard let duration else { return nil }
        milliseconds = duration.components.seconds * 1000
        self.logger = logger
    }

    /// One step, where one is due. Nothing is deleted while the wall clock cannot be believed: a wrong one could take all.
    /// - Throws: ``HubStoreError``; it is tried again after an hour.
    mutating func step(_ store: HubStore) async throws {
        let now = store.time.now()
        guard now.bootMilliseconds >= nextLookMilliseconds, store.time.isWallClockTrusted() else { return }
        let due = nextLookMilliseconds
        nextLookMilliseconds = now.bootMilliseconds + Self.intervalMilliseconds
        let count = try await store.deleteOldest(beforeMilliseconds: now.wallMilliseconds - milliseconds)
        deletedRows += count
        if count > 0 {
            // More is to be done with the next step.
            nextLookMilliseconds = due
        } else if deletedRows > 0 {
            logger.info("let go what was older than is kept", metadata: ["rows": "\(deletedRows)"])
            deletedRows = 0
        }
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
}
