/// How fast backlogs are delivered, as a Markdown table.
struct BacklogReport {
    /// The last one is the yardstick.
    var results: [BacklogResult]
    /// The aims, by name.
    var aims: [String: String]

    var markdown: String {
        let yardstick = results.last?.readingsPerSecond
        let lines = results.map { result in
            [
                result.name, "\(result.readings)", "\(result.requests)",
                (result.wall / .seconds(1)).hundredths,
                result.readingsPerSecond.hundredths,
                yardstick.map { (result.readingsPerSecond / $0).hundredths } ?? "–",
                (result.cpu.microseconds / Double(result.readings)).hundredths,
                (Double(result.memory.anonymousKibibytes) / 1024).hundredths,
                aims[result.name] ?? "",
            ]
        }
        return Table(
            header: [
                "backlog", "readings", "requests", "seconds, start included", "readings a second",
                "of \(results.last?.name ?? "")", "CPU a reading (µs)", "private (MiB)", "aim",
            ], lines: lines
        ).markdown
    }
}
