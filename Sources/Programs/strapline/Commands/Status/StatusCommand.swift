import ArgumentParser
import Console
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

    @OptionGroup var file: OptionalConfigurationOption
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        let query = try StatusQuery(configuration: file.path)
        let (report, failure) = await query.ask()
        if json {
            StandardStream.output.print(try report.jsonLine())
        } else {
            for line in StatusText.lines(of: report) { StandardStream.output.print(line) }
        }
        guard !report.isRunning else { return }
        let isDenied = if case .denied? = failure { true } else { false }
        throw CommandError(
            failure?.asSentence ?? "no uploader runs with this outbox", isDenied ? .notPermitted : .unavailable)
    }
}

extension StatusSocketError {
    fileprivate var asSentence: String { isNobody ? "no uploader runs: \(self)" : "\(self)" }
}
