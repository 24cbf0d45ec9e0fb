import ArgumentParser
import Outbox
import Recordings
import Replay
import Sessions

/// Which readings are exported, and where to.
struct ExportOptions: ParsableArguments {
    static let explanation = """
        The history has every received reading, uploaded or not, in order of arrival, for `retention_days`. This \
        command only reads, also beside a running uploader.

        Times: \(PointInTime.forms). Without a time zone they are in the zone of this machine.
        """

    @OptionGroup var location: OutboxOfFile
    @Option(help: ArgumentHelp("Only readings of this strap.", valueName: "name")) var strap: String?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Only readings measured at this time or later.", valueName: "time"),
        transform: PointInTime.option)
    var since: PointInTime?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Only readings measured before this time.", valueName: "time"),
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

    private var selection: History.Selection {
        History.Selection(strap: strap, measuredAtMilliseconds: range ?? .min ... .max)
    }

    /// Writes a file for another program.
    func export(as format: RecordingFormat) async throws {
        let file = RecordingFile(format: format, output: HistoryFile.path(ofOption: output))
        try file.check()
        let reader = SessionReader(try OutboxReader(path: try await location.path()))
        try file.write(try await reader.recordings(of: selection))
    }

    func export(as format: HistoryFormat) async throws {
        let reader = try OutboxReader(path: try await location.path())
        let path = HistoryFile.path(ofOption: output)
        try await HistoryWriter(format: format, output: path, selection: selection).write(from: reader)
    }
}
