import Outbox

/// How it stands with the file in which readings wait, and with its disk.
struct OutboxFacts: Sendable {
    enum File: Sendable {
        /// It is made at the first run.
        case none
        case readable(OutboxStatistics)
        case unusable(OutboxError)
        /// It took too long to count what is in it.
        case uncounted
    }

    let path: String
    /// Why this user cannot write it.
    let obstacle: String?
    let file: File
    /// nil when it cannot be told.
    let disk: Disk?

    struct Disk: Sendable, Equatable {
        let freeBytes: Int64
        let totalBytes: Int64
    }
}
