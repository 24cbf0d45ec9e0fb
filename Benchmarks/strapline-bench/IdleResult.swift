/// What a program used while next to nothing was to be done.
struct IdleResult: Sendable {
    var name: String
    var seconds: Int
    var cpu: Duration
    /// By the name of the thread.
    var wakeUps: [String: Int]
    var threads: Int
    /// At the end.
    var memory: Memory

    var wakeUpsPerSecond: Double { Double(wakeUps.values.reduce(0, +)) / Double(seconds) }
    var cpuPercent: Double { cpu.microseconds / 1e4 / Double(seconds) }
}
