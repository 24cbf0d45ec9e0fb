import ArgumentParser
import Console
import Sessions

struct HRVHistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "List the measurements of `strapline hrv`, oldest first.",
        discussion: """
            Each measurement is a line of hrv.jsonl in $STATE_DIRECTORY, $XDG_STATE_HOME/strapline or \
            ~/.local/state/strapline, which only this user can read.

            With --send the last one goes to intervals.icu: for a measurement whose sending failed. Only then the \
            configuration is read.
            """)

    @OptionGroup var configuration: ConfigurationOption
    @OptionGroup var sending: WellnessOptions
    @Option(help: ArgumentHelp("Only measurements of this strap.", valueName: "name")) var strap: String?
    @Flag(help: "Print one JSON object per line.") var json = false

    func run() async throws {
        if let target = try sending.target(configuration, strap: strap) {
            guard let last = HRVHistory().records(ofStrap: target.strap).last else {
                let strap = target.strap.map { " of the strap \($0)" } ?? ""
                throw CommandError("there is no measurement\(strap) yet: strapline hrv --for 3m", .dataError)
            }
            return try await sending.send(last, target.upload)
        }
        let records = HRVHistory().records(ofStrap: strap)
        if json {
            for record in records { StandardStream.output.print(try record.jsonLine()) }
        } else {
            for line in HRVHistoryText.lines(of: records) { StandardStream.output.print(line) }
        }
    }
}
