import CardiogramAPI
import GRDB

/// A write that waits for the next transaction, together with all others that wait.
struct PendingWrite: Sendable {
    enum Content: Sendable {
        case reading(StoredReading)
        case beats([Beat], userID: Int64)
    }

    let content: Content
    let committed: CheckedContinuation<Void, any Error>
}

extension PendingWrite.Content {
    /// Writes the rows, and counts them. A new reading is added to `stored`.
    func insert(_ db: Database, counting report: inout CommitReport, stored: inout [StoredReading]) throws {
        switch self {
        case .reading(let reading):
            report.readings += 1
            if try ReadingTable.insert(reading, db) { stored.append(reading) }
        case .beats(let beats, let userID):
            report.beats += beats.count
            report.storedBeats += try ReadingTable.insert(beats, ofUser: userID, db)
        }
    }
}
