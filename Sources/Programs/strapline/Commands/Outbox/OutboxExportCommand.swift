import ArgumentParser
import Console
import Outbox
import Replay

struct OutboxExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export the history of readings as CSV or JSON lines.",
        discussion: """
            The history has every received reading, uploaded or not, in order of arrival, for `retention_days`. This \
            command only reads, also beside a running uploader.

            A time is a date, or a date and a time of day: 2026-11-24, 2026-11-24T18:30, 2026-11-24T18:30:00Z. \
            Without a time zone it is in the zone of this machine.
            """)

    @OptionGroup var location: OutboxLocation
    @Option(help: ArgumentHelp("Only readings of this strap.", valueName: "name")) var strap: String?
    @Option(help: ArgumentHelp("Only readings measured at this time or later.", valueName: "time"))
    var since: PointInTime?
    @Option(help: ArgumentHelp("Only readings measured before this time.", valueName: "time"))
    var until: PointInTime?
    @Flag(help: "Write one JSON object per line instead of CSV.") var json = false
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

    func run() async throws {
        let selection = History.Selection(strap: strap, measuredAtMilliseconds: range ?? .min ... .max)
        let reader = try OutboxReader(path: try await location.path())
        do {
            let count = try await export(reader, selection)
            if let output { StandardStream.output.print("\(output) has \(count) reading\(count == 1 ? "" : "s").") }
        } catch let error as HistoryFile.Failure where error.isReaderGone {
            // The reader of the pipe has enough: `strapline outbox export | head`.
        }
    }

    /// A page at a time: whatever the history, memory stays as it is.
    private func export(_ reader: OutboxReader, _ selection: History.Selection) async throws -> Int {
        let format: HistoryFormat = json ? .jsonLines : .csv
        // Looked into first: an outbox that cannot be read leaves no empty file.
        var next = try await reader.history(after: 0, selection)
        let file = try HistoryFile(output)
        var count = 0
        do {
            try file.write(format.header)
            while let page = next {
                try file.write(page.entries.map(format.line).joined())
                count += page.entries.count
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
