/// What the hub costs, beside the yardstick, as Markdown tables.
struct HubReport {
    var hub: HubResult
    var yardstick: HubResult
    /// Of the disk, one block after the other.
    var syncsPerSecond: Double

    var markdown: String {
        [writes, fanout, rest].joined(separator: "\n")
            + "\nThe disk took \(syncsPerSecond.hundredths) synced blocks of 4 KiB a second, one after the other.\n"
    }

    private var writes: String {
        let lines = zip(hub.writes, yardstick.writes).map { hub, yardstick in
            [
                "\(hub.writers)", hub.perSecond.hundredths, (hub.perSecond / syncsPerSecond).hundredths,
                yardstick.perSecond.hundredths, hub.cpuMicrosecondsPerWrite.hundredths,
                yardstick.cpuMicrosecondsPerWrite.hundredths,
                (hub.cpuMicrosecondsPerWrite / yardstick.cpuMicrosecondsPerWrite).hundredths,
            ]
        }
        return Table(
            header: [
                "connections that write", "writes a second, on disk", "for each sync of the disk",
                "\(yardstick.name), in memory", "CPU a write (µs)", "\(yardstick.name) (µs)", "of \(yardstick.name)",
            ], lines: lines
        ).markdown
    }

    private var fanout: String {
        let lines = zip(hub.fanouts, yardstick.fanouts).map { hub, yardstick in
            [
                "\(hub.readers)", "\(hub.deliveries)", hub.cpuMicrosecondsPerDelivery.hundredths,
                yardstick.cpuMicrosecondsPerDelivery.hundredths,
                (hub.cpuMicrosecondsPerDelivery / yardstick.cpuMicrosecondsPerDelivery).hundredths,
                "\(Int(hub.deliveriesPerCoreSecond))", "\(Int(yardstick.deliveriesPerCoreSecond))",
            ]
        }
        return Table(
            header: [
                "readers of one room", "deliveries", "CPU a delivery (µs)", "\(yardstick.name) (µs)",
                "of \(yardstick.name)", "deliveries a second and core", yardstick.name,
            ], lines: lines
        ).markdown
    }

    private var rest: String {
        func latency(_ share: Double) -> [String] {
            let values = [hub, yardstick].map { ($0.latencies.percentile(share) ?? .zero).microseconds / 1000 }
            return [
                "latency p\(Int(share * 100)) at \(hub.single.readers) readers (ms)", values[0].hundredths,
                values[1].hundredths, (values[0] / values[1]).hundredths,
            ]
        }
        let single = [hub, yardstick].map(\.single)
        let idle = [hub, yardstick].map(\.idleKilobytesPerReader)
        return Table(
            header: [
                "readings come one by one, ten a second", hub.name, yardstick.name, "of \(yardstick.name)", "aim",
            ],
            lines: [
                latency(0.5) + [""], latency(0.99) + ["< 50"],
                [
                    "CPU a delivery there (µs)", single[0].cpuMicrosecondsPerDelivery.hundredths,
                    single[1].cpuMicrosecondsPerDelivery.hundredths,
                    (single[0].cpuMicrosecondsPerDelivery / single[1].cpuMicrosecondsPerDelivery).hundredths, "≤ 20",
                ],
                [
                    "private memory for each of \(hub.idleReaders) idle readers (kB)", idle[0].hundredths,
                    idle[1].hundredths, (idle[0] / idle[1]).hundredths, "≤ 20",
                ],
            ]
        ).markdown
    }
}
