/// The cost of hubs over one database.
struct ClusterResult: Sendable {
    /// Writes at the pace of straps.
    struct Paced: Sendable {
        var writes: Int
        var wall: Duration
        /// Of all processes of PostgreSQL; nil for SQLite.
        var engineCPU: Duration?
        /// From each write to each of its readers.
        var latencies: [Duration]

        var writesPerSecond: Double { Double(writes) / (wall / .seconds(1)) }
        var engineMicrosecondsPerWrite: Double? { engineCPU.map { $0.microseconds / Double(writes) } }
        var p99Milliseconds: Double { (latencies.percentile(0.99) ?? .zero).microseconds / 1000 }
    }

    var name: String
    var fanout: HubResult.Fanout
    /// As many as the connections can.
    var writes: HubResult.Writes
    var paced: Paced
}

/// Hubs over PostgreSQL beside one on SQLite, as Markdown tables.
struct ClusterReport {
    /// One hub on SQLite, one and three on PostgreSQL.
    var results: [ClusterResult]

    var markdown: String { figures + "\n" + ratios }

    private var figures: String {
        Table(
            header: [
                "", "CPU of the hubs a delivery (µs)", "writes a second", "CPU of the hubs a write (µs)",
                "paced writes a second", "CPU of PostgreSQL a write then (µs)", "write to reader then, p99 (ms)",
            ],
            lines: results.map { result in
                [
                    result.name, result.fanout.cpuMicrosecondsPerDelivery.hundredths,
                    result.writes.perSecond.hundredths, result.writes.cpuMicrosecondsPerWrite.hundredths,
                    result.paced.writesPerSecond.hundredths,
                    result.paced.engineMicrosecondsPerWrite?.hundredths ?? "", result.paced.p99Milliseconds.hundredths,
                ]
            }
        ).markdown
    }

    private var ratios: String {
        let delivery = results.map(\.fanout.cpuMicrosecondsPerDelivery)
        let engine = results.map { $0.paced.engineMicrosecondsPerWrite ?? 0 }
        return Table(
            header: ["ratio", "measured", "aim"],
            lines: [
                ["CPU a delivery: 3 hubs of 1", (delivery[2] / delivery[1]).hundredths, "≤ 1.05"],
                ["CPU a delivery: PostgreSQL of SQLite", (delivery[1] / delivery[0]).hundredths, "≤ 1.15"],
                ["CPU of PostgreSQL a write: 3 hubs of 1", (engine[2] / engine[1]).hundredths, "≤ 1.1"],
                ["write to reader at the pace, 3 hubs, p99 (ms)", results[2].paced.p99Milliseconds.hundredths, "< 50"],
            ]
        ).markdown
    }
}
