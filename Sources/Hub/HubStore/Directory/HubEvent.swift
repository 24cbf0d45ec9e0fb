/// What the streams hear from the store, in the order in which it was committed.
package enum HubEvent: Sendable {
    /// Readings that are new and now on disk, in order of arrival, with the directory as it was then.
    case stored([StoredReading], Directory)
    /// What the administration did, and the directory that came of it.
    case directoryChanged([DirectoryChange], Directory)
    /// A transaction with what clients wrote has ended, well or not.
    case committed(CommitReport)
}
