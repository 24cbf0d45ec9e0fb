/// How one transaction with what clients wrote has ended.
package struct CommitReport: Sendable, Hashable {
    package var succeeded = false
    /// From its beginning until the disk had it, the waiting for its turn not included.
    package var seconds = 0.0
    /// Readings and beats that were accepted, and those among them that were not there before.
    package var readings = 0
    package var storedReadings = 0
    package var beats = 0
    package var storedBeats = 0
}
