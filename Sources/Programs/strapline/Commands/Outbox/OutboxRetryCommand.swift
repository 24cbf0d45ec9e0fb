import ArgumentParser
import Console
import Delivery
import Outbox

struct OutboxRetryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry", abstract: "Put readings back that were set aside, to be sent once more.",
        discussion: """
            A running uploader sends them within half a minute, without a restart; else the next one does when it starts. \
            What the service refuses again is set aside again, with its new words.

            Ends with 65 when one of the numbers is none of a reading that is set aside; the others are put back.
            """)

    @OptionGroup var location: OutboxLocation
    @OptionGroup var lanes: LaneOptions
    @Flag(help: "All that is set aside, of --strap and --destination where they are given.") var all = false
    @Argument(help: ArgumentHelp("The readings' numbers, as `strapline outbox list` shows them.", valueName: "id"))
    var ids: [Int64] = []

    func validate() throws {
        if ids.isEmpty != all { throw ValidationError("Name the readings to put back, or --all.") }
    }

    func run() async throws {
        let retry = try SetAsideRetry(path: try await location.path())
        let result =
            all
            ? try await retry.putBackAll(of: lanes.selection) : try await retry.putBack(ids, of: lanes.selection)
        if result.undeclared > 0 {
            StandardStream.error.print(
                "strapline: \(Self.readings(result.undeclared)) set aside still: of a destination that the uploader's "
                    + "configuration does not name any more")
        }
        for id in result.missing {
            StandardStream.error.print("strapline: \(id) is not set aside: strapline outbox list shows what is")
        }
        if result.putBack > 0 {
            let seconds = RetryDelivery.interval.components.seconds
            StandardStream.output.print(
                "\(Self.readings(result.putBack)) put back. A running uploader sends them within \(seconds) s, else the "
                    + "next one does.")
        } else if result.missing.isEmpty, result.undeclared == 0 {
            StandardStream.output.print("Nothing is set aside.")
        }
        if !result.missing.isEmpty { throw ExitCode.dataError }
    }

    private static func readings(_ count: Int) -> String { count == 1 ? "1 reading is" : "\(count) readings are" }
}
