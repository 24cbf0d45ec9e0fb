import ArgumentParser
import Outbox

struct LaneOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only this strap.", valueName: "name")) var strap: String?
    @Option(help: ArgumentHelp("Only this destination.", valueName: "name")) var destination: String?

    var selection: LaneSelection { LaneSelection(strap: strap, destination: destination) }
}
