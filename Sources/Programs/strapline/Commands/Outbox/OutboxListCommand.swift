import ArgumentParser
import Console
import Outbox

struct OutboxListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the dead letters: readings that a service rejected, latest first.",
        discussion: """
            Only `strapline outbox retry` sends dead letters again, and nothing removes them. This command only \
            reads, also beside a running uploader.
            """)

    @OptionGroup var location: OutboxOfFile
    @OptionGroup var lanes: LaneOptions
    @Option(help: ArgumentHelp("The most readings to list.", valueName: "count")) var limit = 1000
    @Flag(help: "Print one JSON object per line.") var json = false

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func run() async throws {
        let reader = try OutboxReader(path: try await location.path())
        let entries = try await reader.setAside(of: lanes.selection, limit: limit)
        let count = try await reader.setAsideCount(of: lanes.selection)
        if json {
            for entry in entries { StandardStream.output.print(try SetAsideRecord(entry).jsonLine()) }
        } else {
            for line in SetAsideTable.lines(of: entries) { StandardStream.output.print(line) }
        }
        if count > entries.count {
            StandardStream.error.print("strapline: \(count - entries.count) more; --limit \(count) lists them all")
        }
    }
}
