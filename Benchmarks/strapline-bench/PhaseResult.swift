/// What one program used for one phase, and how long its readings took.
struct PhaseResult: Sendable {
    var name: String
    var readings: Int
    /// From the phase's first signal until a moment after its last arrival.
    var cpu: Duration
    /// From each signal until its request was complete at the sink.
    var latencies: [Duration]
    /// After the phase's last reading.
    var memory: Memory

    var cpuMicrosecondsPerReading: Double { cpu.microseconds / Double(readings) }
}
