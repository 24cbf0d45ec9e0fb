import ArgumentParser
import FoundationEssentials
import WebClient

/// What is told of a setup on the command line, so that it need not be asked.
struct SetupOptions: ParsableArguments {
    @Option(
        name: .customLong("strap"),
        help: ArgumentHelp(
            "A strap to add, by a name of yours and its address; may be given several times.",
            valueName: "name=address"))
    var straps: [NamedStrap] = []
    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("Where the readings go: pulsoid or cardiogram; may be given twice.", valueName: "service"))
    var services: [DestinationSection.Service] = []
    @Option(help: ArgumentHelp("The address of a hub of your own, in place of the service.", valueName: "url"))
    var hub: String?
    @Option(
        help: ArgumentHelp(
            "The file that holds the token, or that gets it. The packaged service gets a copy of one that it may not read.",
            valueName: "path"), completion: .file())
    var tokenFile: String?
    @Flag(help: "Read the token from stdin.") var tokenStdin = false
    @Option(name: .customLong("user-id"), help: "The user at Cardiogram.") var userID: String?
    @Option(
        name: .customLong("client-id"),
        help: "The client id that Pulsoid has given you, to confirm a code on your phone.")
    var clientID: String?
    @Flag(name: [.long, .customShort("y")], help: "Ask nothing: what is not told has its usual value.") var yes = false
    @Option(help: ArgumentHelp("How long to wait for the first readings.", valueName: "seconds")) var wait = 120.0

    /// The uploader may be started in another folder.
    var tokenPath: String? { tokenFile.map { URL(filePath: $0).standardizedFileURL.path } }

    func validate() throws {
        if let hub {
            do throws(ServiceAddressError) { _ = try ServiceAddress(hub) } catch { throw ValidationError("\(error)") }
        }
        if !(wait > 0 && wait <= 86_400) { throw ValidationError("--wait must be above 0, and at most a day.") }
        if services.contains(.cardiogram), userID == nil, yes {
            throw ValidationError("Cardiogram needs --user-id.")
        }
        if Set(straps.map(\.name)).count < straps.count { throw ValidationError("Two --strap have the same name.") }
    }
}

extension DestinationSection.Service: ExpressibleByArgument {}
