/// How one transaction with what clients wrote has ended.
struct CommitReport: Sendable, Hashable {
    var succeeded = false
    /// From its beginning until the disk had it, the waiting for its turn not included.
    var seconds = 0.0
    /// Readings and beats that were accepted, and those among them that were not there before.
    var readings = 0
    var storedReadings = 0
    var beats = 0
    var storedBeats = 0
}
