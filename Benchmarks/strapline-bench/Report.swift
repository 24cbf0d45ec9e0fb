/// The figures as one Markdown table: a column for each program, the first one's ratio to the others, and the aim.
struct Report {
    /// The measured program, then the yardsticks: C, Python.
    var strapline: Summary
    var c: Summary
    var python: Summary

    private struct Row {
        var measure: String
        var value: (Summary) -> Double?
        var digits = 0
        var aim = ""
    }

    var markdown: String {
        let header = [
            "", strapline.name, c.name, python.name, "of \(c.name)", "of \(python.name)", "aim",
        ]
        let lines = rows.map { row in
            let values = [strapline, c, python].map(row.value)
            return [row.measure] + values.map { Self.text($0, digits: row.digits) }
                + values.dropFirst().map { Self.ratio(values[0], to: $0) } + [row.aim]
        }
        return Table(header: header, lines: lines).markdown + notes
    }

    private var rows: [Row] {
        [Plan.busy, Plan.atAStrapsPace].map { phase in
            Row(
                measure: "CPU per reading, \(phase) (µs)", value: { $0.cpuPerReading(phase) },
                aim: "≤ 1.4 of C, ≤ 0.6 of Python")
        } + latencyRows + memoryRows
    }

    /// At a strap's pace there are too few readings for a p99.
    private var latencyRows: [Row] {
        [
            Row(measure: "latency p50, \(Plan.busy) (µs)", value: { $0.latency(Plan.busy, percentile: 0.5) }),
            Row(
                measure: "latency p99, \(Plan.busy) (µs)", value: { $0.latency(Plan.busy, percentile: 0.99) },
                aim: "≤ 2 of C"),
            Row(
                measure: "latency p50, \(Plan.atAStrapsPace) (µs)",
                value: { $0.latency(Plan.atAStrapsPace, percentile: 0.5) }),
        ]
    }

    private var memoryRows: [Row] {
        strapline.memory.indices.flatMap { index in
            let readings = strapline.memory[index].readings
            func row(_ kind: String, _ value: KeyPath<Memory, Int>, aim: String) -> Row {
                Row(
                    measure: "\(kind) after \(readings) (MiB)",
                    value: { summary in
                        guard summary.memory.indices.contains(index) else { return nil }
                        return Double(summary.memory[index].memory[keyPath: value]) / 1024
                    },
                    digits: 1, aim: aim)
            }
            return [
                row("resident", \.residentKibibytes, aim: "≤ 32"),
                row("private", \.anonymousKibibytes, aim: "≤ 8, flat"),
            ]
        }
    }

    private var notes: String {
        let found = [strapline, c, python].flatMap { summary in summary.complaints.map { "\(summary.name): \($0)" } }
        guard !found.isEmpty else { return "\nEvery reading arrived once and in order, with each program.\n" }
        return "\n" + found.map { "- \($0)\n" }.joined()
    }

    private static func text(_ value: Double?, digits: Int) -> String {
        guard let value else { return "–" }
        guard digits > 0 else { return String(Int(value.rounded())) }
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    private static func ratio(_ value: Double?, to other: Double?) -> String {
        guard let value, let other, other > 0 else { return "–" }
        let hundredths = Int((value / other * 100).rounded())
        let fraction = hundredths % 100
        return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    }
}
