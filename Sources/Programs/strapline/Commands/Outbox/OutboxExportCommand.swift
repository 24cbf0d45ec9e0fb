import ArgumentParser
import Replay

struct OutboxExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export the history of readings, with times in UTC.",
        discussion: """
            Like `strapline export`, for programs: measured_at is in UTC.

            \(ExportOptions.explanation)
            """)

    @OptionGroup var options: ExportOptions
    @Flag(help: "Write one JSON object per line instead of CSV.") var json = false

    func run() async throws { try await options.export(as: HistoryFormat(json ? .json : .csv)) }
}

/// `strapline export`: the user's own readings, without a word about the outbox.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export your readings as CSV or JSON.",
        discussion: """
              strapline export --since yesterday --output day.csv
              strapline export --since 2h --format json

            measured_at is in the time of this machine, with its offset from UTC.

            \(ExportOptions.explanation)
            """)

    @OptionGroup var options: ExportOptions
    @Option(help: "csv, or json for one JSON object per line.") var format: HistoryFormat.Form?
    @Flag(help: "The same as --format json.") var json = false

    func validate() throws {
        if json, format == .csv { throw ValidationError("Choose one format: --json or --format csv.") }
    }

    func run() async throws {
        try await options.export(as: HistoryFormat(json ? .json : format ?? .csv, zone: .local))
    }
}

extension HistoryFormat.Form: ExpressibleByArgument {}
