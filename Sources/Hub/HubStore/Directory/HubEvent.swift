/// An event of the database, in the order of commits.
package enum HubEvent: Sendable {
    /// New readings, now on disk, in order of arrival, with the directory of that moment.
    case stored([StoredReading], AccountDirectory)
    /// Changes by the administration, and the new directory.
    case directoryChanged([DirectoryChange], AccountDirectory)
    /// A transaction with clients' writes has succeeded or failed.
    case committed(CommitReport)
    /// Events were missed for good: this hub was away from the others for too long.
    case missed
}
