import ArgumentParser
import Console
import Outbox
import Replay
import Sessions

struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "List your sessions, show one, export it as a FIT file, and upload it.",
        discussion: """
            A session begins with a heart rate and ends when none comes for ten minutes. Sessions of less than two \
            minutes are not listed. These commands read the history of the uploader, which keeps `retention_days`. \
            The uploader uploads a finished session by itself to the places below `sessions` in the configuration.
            """,
        subcommands: [
            SessionListCommand.self, SessionShowCommand.self, SessionExportCommand.self, SessionUploadCommand.self,
            SessionUploadsCommand.self, SessionRetryCommand.self,
        ])
}

struct SessionListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the sessions, oldest first.",
        discussion: """
            This command only reads, also beside a running uploader.

            Times: \(PointInTime.forms). Without a time zone they are in the zone of this machine.
            """)

    @OptionGroup var location: OutboxOfFile
    @Option(help: ArgumentHelp("Only sessions of this strap.", valueName: "name")) var strap: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Only sessions that ended at this time or later.", valueName: "time"),
        transform: PointInTime.option)
    var since: PointInTime?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Only sessions that began before this time.", valueName: "time"),
        transform: PointInTime.option)
    var until: PointInTime?
    @Flag(help: "Print one JSON object per line.") var json = false

    func validate() throws {
        if let since, let until, since.milliseconds >= until.milliseconds {
            throw ValidationError("--since must be before --until.")
        }
    }

    func run() async throws {
        let reader = SessionReader(try OutboxReader(path: try await location.path()))
        let sessions = try await reader.sessions(ofStrap: strap).filter { session in
            session.endMilliseconds >= since?.milliseconds ?? .min
                && session.startMilliseconds < until?.milliseconds ?? .max
        }
        if let strap, sessions.isEmpty, let unknown = try await SessionSelection.unknown(strap, reader) {
            StandardStream.error.print("strapline: \(unknown)")
        }
        if json {
            for session in sessions { StandardStream.output.print(try SessionReport(session).jsonLine()) }
        } else {
            for line in SessionText.table(of: sessions) { StandardStream.output.print(line) }
        }
    }
}

/// Which session is meant.
struct SessionSelection: ParsableArguments {
    @OptionGroup var location: OutboxLocation
    @Option(help: ArgumentHelp("The last session of this strap.", valueName: "name")) var strap: String?
    @Argument(
        help: ArgumentHelp(
            "The ID of the session, as in `strapline session list`. Without it, the last session.", valueName: "id"))
    var id: Int64?

    /// That the history has sessions of other straps only; nil if it has none, or some of this one.
    static func unknown(_ strap: String, _ reader: SessionReader) async throws -> String? {
        let straps = Set(try await reader.sessions().map(\.strap)).sorted()
        guard !straps.isEmpty, !straps.contains(strap) else { return nil }
        return "there is no session of \(strap). There are sessions of: \(straps.joined(separator: ", "))"
    }

    func find(_ reader: SessionReader) async throws -> HeartRateSession {
        let sessions = try await reader.sessions(ofStrap: strap)
        if let session = id.map({ id in sessions.first { $0.id == id } }) ?? sessions.last { return session }
        let unknown: String? = if let strap { try await Self.unknown(strap, reader) } else { nil }
        throw CommandError(
            unknown ?? id.map { "there is no session \($0): `strapline session list` has all" }
                ?? "there is no session yet: the strap must be worn for two minutes", .dataError)
    }
}

struct SessionShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everything about one session.",
        discussion: "This command only reads, also beside a running uploader.")

    @OptionGroup var selection: SessionSelection
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        let reader = SessionReader(try OutboxReader(path: try await selection.location.path()))
        let session = try await selection.find(reader)
        let recording = try await reader.recording(of: session)
        if json {
            StandardStream.output.print(try SessionReport(session, recording).jsonLine())
        } else {
            for line in SessionText.lines(of: session, recording) { StandardStream.output.print(line) }
        }
    }
}

struct SessionExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export a session as FIT, TCX, CSV, JSON or RR intervals.",
        discussion: """
              strapline session export --output run.fit
              strapline session export 1204 --format rr --output run.txt

            A finished session gives the same file each time. \(ExportFormat.explanation)
            """)

    @OptionGroup var selection: SessionSelection
    @Option(help: "The format of the file.") var format = ExportFormat.fit
    @Option(
        help: ArgumentHelp(
            "Write to this new file instead of stdout. Only this user can read it.", valueName: "file"),
        completion: .file())
    var output: String?

    func run() async throws {
        let path = HistoryFile.path(ofOption: output)
        if let recording = format.recording { try RecordingFile(format: recording, output: path).check() }
        let outbox = try OutboxReader(path: try await selection.location.path())
        let reader = SessionReader(outbox)
        let session = try await selection.find(reader)
        if let format = format.recording {
            let file = RecordingFile(format: format, output: path)
            return try file.write([try await reader.recording(of: session)])
        }
        let writer = HistoryWriter(
            format: HistoryFormat(format.readings ?? .csv, zone: .local), output: path,
            selection: History.Selection(strap: session.strap), ids: session.ids)
        try await writer.write(from: outbox)
    }
}
