import ArgumentParser
import Console
import Delivery
import Outbox

struct OutboxRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Requeue dead letters.",
        discussion: """
            A running uploader sends them within half a minute, without a restart. Otherwise the next uploader sends \
            them. A reading that the service rejects again is a dead letter again, with the new reason.

            Exits 65 if an ID is not a dead letter. The others are requeued.
            """)

    @OptionGroup var location: OutboxLocation
    @OptionGroup var lanes: LaneOptions
    @Flag(help: "Requeue all dead letters of --strap and --destination.") var all = false
    @Argument(help: ArgumentHelp("The IDs of the readings, as in `strapline outbox list`.", valueName: "id"))
    var ids: [Int64] = []

    func validate() throws {
        if ids.isEmpty != all { throw ValidationError("Name the readings to put back, or --all.") }
    }

    func run() async throws {
        let retry = try DeadLetterRequeue(path: try await location.path())
        let progress = ProgressLine()
        defer { progress.end() }
        let result =
            all
            ? try await retry.requeueAll(of: lanes.selection) { progress.show("\($0.requeued) put back") }
            : try await retry.requeue(ids, of: lanes.selection)
        progress.end()
        if result.undeclared > 0 {
            StandardStream.error.print(
                "strapline: \(Self.readings(result.undeclared)) set aside still: of a destination that the uploader's "
                    + "configuration does not name any more")
        }
        for id in result.missing {
            StandardStream.error.print("strapline: \(id) is no dead letter: strapline outbox list shows all")
        }
        if result.requeued > 0 {
            let seconds = RedeliveryService.interval.components.seconds
            StandardStream.output.print(
                "\(Self.readings(result.requeued)) put back. A running uploader sends them within \(seconds) s, or the "
                    + "next one at its start.")
        } else if result.missing.isEmpty, result.undeclared == 0 {
            StandardStream.output.print("Nothing is set aside.")
        }
        if !result.missing.isEmpty { throw ExitCode.dataError }
    }

    private static func readings(_ count: Int) -> String { count == 1 ? "1 reading is" : "\(count) readings are" }
}
