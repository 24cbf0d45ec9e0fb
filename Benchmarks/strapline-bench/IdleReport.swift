/// The cost of nearly idle programs, as a Markdown table.
struct IdleReport {
    var results: [IdleResult]
    /// The result that the others are held against.
    var yardstick: String

    var markdown: String {
        let reference = results.first { $0.name == yardstick }?.wakeUpsPerSecond
        let lines = results.map { result in
            [
                result.name,
                result.wakeUpsPerSecond.hundredths,
                reference.map { (result.wakeUpsPerSecond / $0).hundredths } ?? "–",
                result.cpuPercent.hundredths,
                (Double(result.memory.residentKibibytes) / 1024).hundredths,
                (Double(result.memory.anonymousKibibytes) / 1024).hundredths,
                "\(result.threads)",
            ]
        }
        let header = [
            "for \(results.first?.seconds ?? 0) s", "wake-ups a second", "of \(yardstick)", "CPU, percent of a core",
            "resident (MiB)", "private (MiB)", "threads",
        ]
        return Table(header: header, lines: lines).markdown + "\nWake-ups a second, by thread:\n\n"
            + results.map { "- \($0.name): \(byThread($0))\n" }.joined()
    }

    private func byThread(_ result: IdleResult) -> String {
        result.wakeUps.sorted { $0.value > $1.value }.filter { $0.value > 0 }
            .map { "\($0.key) \((Double($0.value) / Double(result.seconds)).hundredths)" }.joined(separator: ", ")
    }
}
