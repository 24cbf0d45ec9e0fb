import ArgumentParser
import Console
import UploaderStatus

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Say how a running uploader stands: its straps, its destinations, its outbox.",
        discussion: """
            It only looks, and costs the uploader next to nothing. Run it as the user that runs the uploader; of the \
            service, as a member of the group bluetooth (what waits in its outbox only root may see).

            Ends with 0 when an uploader has answered, and with 69 when none runs: then the outbox is shown all the same.
            """)

    @OptionGroup var file: OptionalConfigurationOption
    @Flag(help: "Print one JSON document.") var json = false

    func run() async throws {
        let (report, failure) = await (try StatusQuery(configuration: file.path)).ask()
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
