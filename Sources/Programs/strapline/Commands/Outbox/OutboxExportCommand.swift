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
        commandName: "export", abstract: "Export your readings as CSV, JSON, FIT, TCX or RR intervals.",
        discussion: """
              strapline export --since yesterday --output day.csv
              strapline export --since 2h --format fit --output run.fit

            `strapline session export` writes one session. In csv, measured_at is in the time of this machine, with \
            its offset from UTC.

            \(ExportFormat.explanation)

            \(ExportOptions.explanation)
            """)

    @OptionGroup var options: ExportOptions
    @Option(help: "The format of the file (default: csv). json is one JSON object per line.") var format: ExportFormat?
    @Flag(help: "The same as --format json.") var json = false

    func validate() throws {
        if json, let format, format != .json {
            throw ValidationError("Choose one format: --json or --format \(format.rawValue).")
        }
    }

    func run() async throws {
        let format = json ? .json : format ?? .csv
        if let recording = format.recording { return try await options.export(as: recording) }
        try await options.export(as: HistoryFormat(format.readings ?? .csv, zone: .local))
    }
}
