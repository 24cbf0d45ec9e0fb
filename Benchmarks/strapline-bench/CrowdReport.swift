/// What many straps cost, and one that is away, as a Markdown table.
struct CrowdReport {
    var crowd: CrowdResult
    /// Readings of all straps together, each second.
    var perSecond: Int
    /// Microseconds per reading of the yardstick at the same pace.
    var cpuOfC: Double?
    /// CPU for a second of time.
    var away: Duration
    var awayMinutes: Int

    var markdown: String {
        let cpu = crowd.cpu.microseconds / Double(crowd.readings)
        let first = crowd.memory.first?.anonymousKibibytes ?? 0
        let last = crowd.memory.last?.anonymousKibibytes ?? 0
        let lines = [
            ["readings, each at the sink", "\(crowd.checks.values.reduce(0) { $0 + $1.arrived })", "all"],
            ["CPU seconds", (crowd.cpu.microseconds / 1e6).hundredths, ""],
            ["CPU, percent of a core", (crowd.cpu / crowd.wall * 100).hundredths, ""],
            ["CPU per reading (µs)", cpu.hundredths, ""],
            ["the same of C, one strap at that pace (µs)", cpuOfC.map(\.hundredths) ?? "–", ""],
            ["CPU per reading, of C", cpuOfC.map { (cpu / $0).hundredths } ?? "–", "≤ 3"],
            ["private at the start (MiB)", (Double(first) / 1024).hundredths, ""],
            ["private at the end (MiB)", (Double(last) / 1024).hundredths, "flat"],
            [
                "CPU with one strap away for \(awayMinutes) min, percent of a core",
                (away.microseconds / 1e6 * 100).hundredths, "≤ 1",
            ],
        ]
        let title = "\(CrowdTrial.straps) straps, \(perSecond) readings a second"
        return Table(header: [title, "measured", "aim"], lines: lines).markdown
            + "\nPrivate memory at the start and after each minute (MiB): "
            + crowd.memory.map { (Double($0.anonymousKibibytes) / 1024).hundredths }.joined(separator: ", ") + ".\n\n"
            + (crowd.complaint ?? "Every reading of every strap arrived once and in order.\n")
    }
}
