import ArgumentParser
import Console
import Setup
import UploaderConfiguration
import UploaderStatus

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the status of a running uploader: straps, destinations, outbox.",
        discussion: """
            It only reads, at almost no cost for the uploader. Run it as the user of the uploader. For the packaged \
            service, a member of the group bluetooth may run it too; only root sees the backlog then.

            Exits 0 if an uploader answers, and 69 otherwise. Then it shows the outbox only.
            """)

    @OptionGroup var file: ConfigurationFileOptions
    @Flag(help: "Print one JSON document.") var json = false
    @Flag(help: "Show the status again every second, until Ctrl-C.") var watch = false

    func run() async throws {
        let path = file.optionalPath()
        let query = try self.query(path)
        while watch {
            let (report, failure) = await query.ask()
            try show(report, failure)
            try await Task.sleep(for: .seconds(1))
        }
        let (report, failure) = await query.ask()
        try show(report, nil)
        guard !report.isRunning else { return }
        let sentence = Self.sentence(about: failure)
        if case .denied? = failure { throw CommandError(sentence, .notPermitted) }
        let advice = await Self.advice(path)
        throw CommandError("\(sentence). \(advice)", .unavailable)
    }

    /// With the failure, if there is one, below the status.
    private func show(_ report: StatusReport, _ failure: StatusSocketError?) throws {
        if json { return StandardStream.output.print(try report.jsonLine()) }
        // From the upper left corner of an empty screen, else below the last one.
        if watch { StandardStream.output.write(StandardStream.output.obeysControls ? "\u{1B}[H\u{1B}[2J" : "\n") }
        StandardStream.output.print(StatusText.lines(of: report), colours: Self.colours)
        if !report.isRunning, watch { StandardStream.output.print(Self.sentence(about: failure)) }
    }

    private static func sentence(about failure: StatusSocketError?) -> String {
        guard let failure else { return "no uploader runs with this outbox" }
        return failure.isNobody ? "no uploader runs: \(failure)" : "\(failure)"
    }

    private static func advice(_ configuration: String?) async -> String {
        guard let configuration else { return "Set it up with: strapline setup" }
        return await UploaderStart.advice(for: configuration)
    }
}

extension StatusCommand {
    /// A mistake in a file that the command line does not name is no reason to hide the status.
    private func query(_ path: String?) throws -> StatusQuery {
        do throws(ConfigurationError) {
            return try StatusQuery(configuration: path)
        } catch {
            guard file.named == nil else { throw error }
            StandardStream.error.print(["\(error)"])
            return try StatusQuery(configuration: nil)
        }
    }

    static let colours = ColumnColours([
        "live": .green, "delivering": .green, "paused": .red, "rejecting": .red, "blocked": .red, "retrying": .yellow,
        "searching": .yellow, "connecting": .yellow, "idle": .dim,
    ])
}
