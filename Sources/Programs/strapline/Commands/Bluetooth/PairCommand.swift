import ArgumentParser
import BlueZ
import Console
import Glibc
import Setup
import TextFormats
import UploaderConfiguration

struct PairCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pair",
        abstract: "Find a strap, pair with it if needed, and show that it works.",
        discussion: """
            Most straps need no pairing: then it only connects and waits for three measurements. Without a name it \
            lists the straps and asks. At the end it prints the lines for the configuration, or adds them to a file \
            with --write. A new strap goes to the hub of the last strap in the file, or to Pulsoid.
            """)

    @Argument(help: "The strap's name or address, as `strapline scan` shows it, or its name in the configuration.")
    var strap: String?
    @Flag(name: .customLong("pair"), help: "Pair even if the strap does not require it.") var pairsAlways = false
    @Option(
        help: ArgumentHelp(
            "Add the strap to this configuration file. A missing file is created.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var write: String?
    @Option(
        help: ArgumentHelp(
            "The name of the strap in the configuration (default: from the name of the device).", valueName: "name"))
    var name: String?
    @Option(
        help: ArgumentHelp("The file of its token; the token can follow later.", valueName: "path"),
        completion: .file())
    var tokenFile: String?
    @OptionGroup var options: BluetoothOptions

    func run() async throws {
        // A file that cannot be extended is reported before the search for the strap.
        let file = try write.map { path in try ConfigurationDraft(extending: path) }
        let terminal = StandardTerminal()
        let path = write ?? (try? ConfigurationLocation.find(named: nil).path)
        let names = ConfiguredNames(configuration: path)
        let request = PairingRequest(
            selector: strap.map { names.selector(named: $0) ?? StrapSelector(argument: $0) } ?? .first,
            pairsAlways: pairsAlways)
        let interruption = await Interruption()
        let device = try await options.bluetooth.pair(
            request, with: TerminalDialogue(terminal: terminal, names: names), until: { await interruption.wait() })
        guard let file else {
            let entry = try Self.entry(
                StrapEntry(device, name: name, taken: [], tokenFile: tokenFile, folder: StrapEntry.userFolder), device)
            for line in ["It works. For the configuration:", "", "straps:"] + entry.lines(indent: 2) {
                await terminal.print(line)
            }
            for hint in [entry.identity.explanation(insteadOf: device.address), device.broadcastHint].compactMap(\.self)
            {
                await terminal.print("\n" + hint)
            }
            return
        }
        if let known = file.name(of: device) {
            await terminal.print("It works, and \(file.path) has it already: `\(known)`.")
            return
        }
        let entry = try Self.entry(
            StrapEntry(
                device, name: name, taken: file.names, tokenFile: tokenFile, folder: file.folder,
                hub: file.hubAddress), device)
        try file.write(adding: entry)
        await terminal.print("It works, and is in \(file.path) as `\(entry.name)`.")
        if let why = entry.identity.explanation(insteadOf: device.address) { await terminal.print(why) }
        await terminal.print(Self.nextStep(entry, in: file.path))
        if let hint = device.broadcastHint { await terminal.print(hint) }
    }

    private static func nextStep(_ entry: StrapEntry, in path: String) -> String {
        let file = "--config \(ConfigurationFile.absolute(path).quotedForShell)"
        guard access(entry.tokenFile, F_OK) != 0 else { return "Then: strapline check \(file)" }
        return "Next, its token: strapline login --strap \(entry.name.quotedForShell) \(file)"
    }

    /// - Throws: if no configuration could find the device again.
    private static func entry(_ entry: StrapEntry?, _ device: NearbyDevice) throws -> StrapEntry {
        if let entry { return entry }
        throw CommandError("it works, but \(StableIdentity.refusal(of: device.address))", .unavailable)
    }
}
