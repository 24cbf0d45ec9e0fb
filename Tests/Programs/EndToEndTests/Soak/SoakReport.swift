import FoundationEssentials

/// The soak's table, kept in `.build/soak/soak.md`.
struct SoakReport {
    private(set) var samples: [SoakSample] = []

    mutating func add(_ sample: SoakSample) {
        samples.append(sample)
        if samples.count == 1 { print(Self.row(SoakSample.header)) }
        print(Self.row(sample.cells))
    }

    var markdown: String {
        let rule = "|" + String(repeating: " ---: |", count: SoakSample.header.count)
        return ([Self.row(SoakSample.header), rule] + samples.map { Self.row($0.cells) }).joined(separator: "\n") + "\n"
    }

    /// Figures that have grown from the first half of the days to the second; nil when all are flat.
    ///
    /// The least figure of each half counts: connections come and go with requests, and a leak is there on every day.
    /// The allowance for memory is the part of a peak that glibc keeps: during a fault readings wait that usually do
    /// not.
    func growth() -> String? {
        let halves = [samples.prefix(samples.count / 2), samples.suffix(samples.count - samples.count / 2)]
        guard let first = halves.first, !first.isEmpty else { return nil }
        func least(_ figure: (SoakSample) -> Int) -> [Int] { halves.map { $0.map(figure).min() ?? 0 } }
        var grown: [String] = []
        func check(_ name: String, allowance: (Int) -> Int, _ figure: (SoakSample) -> Int) {
            let least = least(figure)
            if least[1] > allowance(least[0]) { grown.append("\(name) from \(least[0]) to \(least[1])") }
        }
        for (name, program) in [("uploader", \SoakSample.uploader), ("hub", \SoakSample.hub)] {
            check("\(name)'s memory (KiB)", allowance: { $0 * 5 / 4 + 1024 }) { $0[keyPath: program].privateKibibytes }
            check("\(name)'s threads", allowance: { $0 + 1 }) { $0[keyPath: program].threads }
            check("\(name)'s open files", allowance: { $0 + 2 }) { $0[keyPath: program].descriptors }
        }
        check("the outbox's log (bytes)", allowance: { $0 * 2 }) { $0.outboxLogBytes }
        return grown.isEmpty ? nil : grown.joined(separator: ", ")
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
