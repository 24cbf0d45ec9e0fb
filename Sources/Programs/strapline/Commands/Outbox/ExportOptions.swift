import ArgumentParser
import Console
import Outbox
import Replay

/// Which readings are exported, and where to.
struct ExportOptions: ParsableArguments {
    static let explanation = """
        The history has every received reading, uploaded or not, in order of arrival, for `retention_days`. This \
        command only reads, also beside a running uploader.

        Times: \(PointInTime.forms). Without a time zone they are in the zone of this machine.
        """

    @OptionGroup var location: OutboxLocation
    @Option(help: ArgumentHelp("Only readings of this strap.", valueName: "name")) var strap: String?
    @Option(
        help: ArgumentHelp("Only readings measured at this time or later.", valueName: "time"),
        transform: PointInTime.option)
    var since: PointInTime?
    @Option(
        help: ArgumentHelp("Only readings measured before this time.", valueName: "time"),
        transform: PointInTime.option)
    var until: PointInTime?
    @Option(
        help: ArgumentHelp(
            "Write to this new file instead of stdout. Only this user can read it.", valueName: "file"),
        completion: .file())
    var output: String?

    func validate() throws {
        if range == nil { throw ValidationError("--since must be before --until.") }
    }

    /// Nil when it is empty.
    private var range: ClosedRange<Int64>? {
        let first = since?.milliseconds ?? .min
        let last = until.map { $0.milliseconds - 1 } ?? .max
        return first <= last ? first...last : nil
    }

    func export(as format: HistoryFormat) async throws {
        let selection = History.Selection(strap: strap, measuredAtMilliseconds: range ?? .min ... .max)
        let reader = try OutboxReader(path: try await location.path())
        do {
            let count = try await export(reader, selection, format)
            if let output { StandardStream.output.print("\(output) has \(count) reading\(count == 1 ? "" : "s").") }
        } catch let error as HistoryFile.Failure where error.isReaderGone {
            // The reader of the pipe has enough: `strapline export | head`.
        }
    }

    /// A page at a time: whatever the history, memory stays as it is.
    private func export(
        _ reader: OutboxReader, _ selection: History.Selection, _ format: HistoryFormat
    ) async throws -> Int {
        // Looked into first: an outbox that cannot be read leaves no empty file.
        var next = try await reader.history(after: 0, selection)
        let file = try HistoryFile(output)
        let progress = ProgressLine(isBeside: output == nil && StandardStream.output.isTerminal)
        defer { progress.end() }
        var count = 0
        do {
            try file.write(format.header)
            while let page = next {
                try file.write(page.entries.map(format.line).joined())
                count += page.entries.count
                if let last = page.entries.last {
                    let time = WallTime.dateAndTime(ofMilliseconds: last.reading.measuredAtMilliseconds)
                    progress.show("\(count) readings, up to \(time)")
                }
                next = try await reader.history(after: page.examinedThroughID, selection)
            }
            try file.close()
        } catch {
            file.remove()
            throw error
        }
        return count
    }
}
