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

    /// What has grown that should not, from the end of the first day on; nil where all is flat.
    ///
    /// The allowance for memory is what glibc keeps of a peak: a fault has readings wait that do not wait without it.
    func growth() -> String? {
        guard samples.count > 2, let first = samples.first, let last = samples.last else { return nil }
        var grown: [String] = []
        for (name, before, after) in [("uploader", first.uploader, last.uploader), ("hub", first.hub, last.hub)] {
            if after.privateKibibytes > before.privateKibibytes * 5 / 4 + 1024 { grown.append("\(name)'s memory") }
            if after.threads > before.threads { grown.append("\(name)'s threads") }
            if after.descriptors > before.descriptors + 2 { grown.append("\(name)'s open files") }
        }
        if last.outboxLogBytes > 2 * max(first.outboxLogBytes, 1 << 20) { grown.append("the outbox's log") }
        return grown.isEmpty ? nil : grown.joined(separator: ", ")
    }

    private static func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
}
