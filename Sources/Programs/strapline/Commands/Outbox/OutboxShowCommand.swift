import ArgumentParser
import Console
import Outbox
import Timing

struct OutboxShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show everything about one reading.",
        discussion: """
            It can be any reading in the outbox, rejected or not. This command only reads.
            """)

    @OptionGroup var location: OutboxLocation
    @Flag(help: "Print one JSON document.") var json = false
    @Argument(help: ArgumentHelp("The ID of the reading, as in `strapline outbox list`.", valueName: "id"))
    var id: Int64

    func run() async throws {
        let record = try await OutboxReader(path: try await location.path()).record(of: id)
        guard let record else {
            throw CommandError(
                "there is no reading \(id): it never existed, or it is delivered and older than the retention",
                .dataError)
        }
        if json {
            StandardStream.output.print(try ReadingReport(record).jsonLine())
        } else {
            let now = KernelTime().now().wallMilliseconds
            for line in ReadingDescription.lines(of: record, nowMilliseconds: now) { StandardStream.output.print(line) }
        }
    }
}
