/// The result of one transaction with clients' writes.
package struct CommitReport: Sendable, Hashable {
    package var succeeded = false
    /// From the beginning of the transaction until the data was on disk.
    package var seconds = 0.0
    /// Accepted readings and beats; those that are new are in `stored…`.
    package var readings = 0
    package var storedReadings = 0
    package var beats = 0
    package var storedBeats = 0
}
