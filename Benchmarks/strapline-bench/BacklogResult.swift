/// How one program got rid of its backlog.
struct BacklogResult: Sendable {
    var name: String
    var readings: Int
    var requests: Int
    /// From the start of the process to the arrival of the last reading.
    var wall: Duration
    var cpu: Duration
    /// At the end.
    var memory: Memory

    var readingsPerSecond: Double { Double(readings) / (wall / .seconds(1)) }
}
