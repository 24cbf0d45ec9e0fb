import Synchronization

/// The ``AccountDirectory`` in memory, and the observer of commits. A ``DatabaseEngine`` feeds it.
final class DirectoryCache: Sendable {
    private struct State {
        var directory = AccountDirectory()
        /// The newest entry of the ``DirectoryLog`` in the directory; nil before the first reading.
        var logEntry: Int64?
        var observer: (@Sendable (HubEvent) -> Void)?
        var work = DatabaseWork()
    }

    /// The changes that ``difference(_:)`` found, for ``apply(_:)``.
    struct Difference: Sendable {
        fileprivate enum Content: Sendable {
            case rows(DirectoryUpdate)
            case all(AccountDirectory)
        }

        fileprivate let newest: Int64
        fileprivate let content: Content
    }

    // The lock guards single values between the database's threads and the requests. No work is done under it.
    private let state = Mutex(State())

    var directory: AccountDirectory { state.withLock { $0.directory } }

    /// The newest entry of the ``DirectoryLog`` in the directory; nil before the first reading.
    var logEntry: Int64? { state.withLock { $0.logEntry } }

    var work: DatabaseWork { state.withLock { $0.work } }

    func observe(_ observer: (@Sendable (HubEvent) -> Void)?) {
        state.withLock { $0.observer = observer }
    }

    // MARK: Commits

    /// A transaction takes the write lock.
    func countTransaction() {
        state.withLock { $0.work.writeTransactions += 1 }
    }

    /// A transaction with clients' writes has ended.
    func committed(_ report: CommitReport) {
        state.withLock { $0.observer }?(.committed(report))
    }

    /// New readings are on disk.
    func stored(_ readings: [StoredReading]) {
        let (observer, directory) = state.withLock { ($0.observer, $0.directory) }
        observer?(.stored(readings, directory))
    }

    /// Events were missed for good.
    func missed() {
        state.withLock { $0.observer }?(.missed)
    }

    // MARK: Directory

    /// Reads the changed rows of the directory. Reads all rows the first time, and if too many have changed. All
    /// statements must see one moment.
    /// - Returns: nil if nothing has changed.
    func difference(_ db: any SQLSession) throws -> Difference? {
        let (seen, directory) = state.withLock { ($0.logEntry, $0.directory) }
        let newest = try DirectoryLog.newest(db)
        guard newest != seen else { return nil }
        if let seen, let log = try DirectoryLog(after: seen, db) {
            return Difference(
                newest: newest, content: .rows(try DirectoryUpdate(reading: log, knowing: directory, db)))
        }
        return Difference(newest: newest, content: .all(try AccountDirectory(reading: db)))
    }

    /// Replaces the changed rows, and reports the changes. Only one thread at a time reads and applies.
    func apply(_ difference: Difference) {
        let (changes, directory, observer) = state.withLock { state in
            var changes: [DirectoryChange] = []
            switch difference.content {
            case .rows(let update):
                state.work.directoryRows += update.rowCount
                changes = state.directory.apply(update)
            case .all(let all):
                state.work.directoryReads += 1
                if state.logEntry != nil { changes = state.directory.changes(to: all) }
                state.directory = all
            }
            state.logEntry = difference.newest
            return (changes, state.directory, state.observer)
        }
        if !changes.isEmpty { observer?(.directoryChanged(changes, directory)) }
    }
}

/// Counters since the database was opened.
struct DatabaseWork: Sendable, Equatable {
    /// Transactions that took the write lock.
    var writeTransactions = 0
    /// How often the whole directory was read.
    var directoryReads = 0
    /// Rows of the directory that were read singly.
    var directoryRows = 0
}
