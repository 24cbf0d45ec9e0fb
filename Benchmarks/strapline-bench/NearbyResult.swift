/// What the uploader used while other devices advertised.
struct NearbyResult: Sendable {
    var mode: NearbyTrial.Mode
    var devices: Int
    /// Signals of those devices.
    var signals: Int
    var wall: Duration
    var cpu: Duration
    /// Measurements of the strap, and how many of them the sink was sent.
    var measurements: Int
    var readings: Int

    var cpuPercent: Double { 100 * cpu.microseconds / wall.microseconds }
    var microsecondsPerSignal: Double { cpu.microseconds / Double(signals) }
}

/// As a Markdown table.
struct NearbyReport {
    var results: [NearbyResult]

    var markdown: String {
        let lines = results.map { result in
            let reference = results.first { $0.mode == result.mode }
            return [
                "\(result.mode.rawValue), \(result.devices) devices",
                (Double(result.signals) / (result.wall.microseconds / 1e6)).hundredths, result.cpuPercent.hundredths,
                result.microsecondsPerSignal.hundredths,
                reference.map { (result.cpuPercent / $0.cpuPercent).hundredths } ?? "–",
                "\(result.readings) of \(result.measurements)",
            ]
        }
        let header = [
            "nearby", "signals a second", "CPU, percent of a core", "µs a signal",
            "of \(results.first?.devices ?? 0) devices", "readings",
        ]
        return Table(header: header, lines: lines).markdown
    }
}
