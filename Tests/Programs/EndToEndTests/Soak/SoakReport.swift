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

    /// What has grown that should not, from the first half of the days to the second; nil where all is flat.
    ///
    /// The least of each half is what counts: connections come and go with the requests that are in flight at the
    /// moment, and what leaks is there on every day. The allowance for memory is what glibc keeps of a peak: a fault
    /// has readings wait that do not wait without it.
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
