/// The bytes that reach the card in an hour, as a Markdown table.
struct CardReport {
    var results: [CardResult]
    /// Megabytes an hour that were aimed at, by name.
    var aims: [String: Int]
    /// The name of the yardstick.
    var yardstick: String

    var markdown: String {
        let reference = results.first { $0.name == yardstick }?.bytesPerHour
        let lines = results.map { result in
            [
                result.name,
                (result.bytesPerHour / 1e6).hundredths,
                reference.map { (result.bytesPerHour / $0).hundredths } ?? "–",
                aims[result.name].map { "≤ \($0)" } ?? "",
                (Double(result.bytesPerMinute.max() ?? 0) / 1e6).hundredths,
            ]
        }
        return Table(
            header: [
                "one reading a second, \(results.first?.bytesPerMinute.count ?? 0) min", "MB an hour",
                "of \(yardstick)", "aim (MB)", "MB in the worst minute",
            ], lines: lines
        ).markdown
    }
}
