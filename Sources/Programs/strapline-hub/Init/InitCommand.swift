import ArgumentParser
import Console
import Glibc
import HubStore
import QRCodes

struct InitCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract:
            "Set up a new hub: the first user, a room and all tokens.",
        discussion: """
            The tokens are for the uploader, the page, the overlay and the administration. They are shown once, or \
            written to files with --tokens. A hub that has users is not changed, unless
            --again says so.
            """)

    @Option(help: "The name of the first user (default: the user that runs this).")
    var user: String?
    @Option(help: "The name of the room on the page.")
    var room = "Home"
    @Option(
        help: ArgumentHelp(
            "The public address of the hub. Default: http, at this machine's address, port 8080.", valueName: "url"))
    var address: HubAddress?
    @Option(
        help: ArgumentHelp(
            "Write the tokens to uploader.token, reader.token, overlay.token and admin.token in this folder, for this "
                + "user only, instead of showing them.", valueName: "folder"))
    var tokens: String?
    @Flag(help: "Add one more user, room and tokens to a hub that has users.")
    var again = false
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard let tokens else {
            let store = try await database.openStore(mayBeNew: true)
            let report = try await report(try await setUp(store), store, files: nil)
            try await output.printOnce(
                report.outcome, sentences: report.sentences, drawing: output.json ? [] : qrCode(report),
                about: database, takingBack: { try await store.accounts.undo(report.setup) })
            return
        }
        var files = try TokenFiles.begin(folder: tokens)
        let store = try await database.openStore(mayBeNew: true)
        let setup = try await setUp(store)
        try files.write(setup, PrintedCommand(database))
        let report = try await report(setup, store, files: files.paths)
        try output.print(report.outcome, sentences: report.sentences)
    }

    /// An address that was not given moves to a free port, if another program has the usual one.
    private func report(
        _ setup: HubBootstrap, _ store: HubStore, files: TokenFiles.Paths?
    ) async throws -> SetupReport {
        let wanted = address ?? .ofThisMachine()
        let port = wanted.port ?? HubAddress.usualPort
        // A hub behind a proxy has another port than its public address.
        let isDirect = wanted.port != nil && !wanted.hasPath
        let listening = try await isDirect ? HubListening.at(port: port, address: wanted.host, store) : .nothing
        guard listening == .another, address == nil, let free = HubListening.freePort(after: port) else {
            return SetupReport(
                setup: setup, roomName: roomName, hub: wanted, listening: listening, files: files,
                command: PrintedCommand(database))
        }
        return SetupReport(
            setup: setup, roomName: roomName, hub: wanted.at(port: free), listening: .nothing, avoidedPort: port,
            files: files,
            command: PrintedCommand(database))
    }

    private func setUp(_ store: HubStore) async throws -> HubBootstrap {
        let name = user ?? Self.nameOfThisUser ?? "me"
        return try await store.accounts.setUp(userNamed: name, room: room, allowsOthers: again)
    }

    /// Another room of a hub with users may have the same name.
    private var roomName: String? { again ? nil : room }

    private static var nameOfThisUser: String? {
        guard let entry = getpwuid(getuid()) else { return nil }
        return String(cString: entry.pointee.pw_name)
    }

    /// The way to the page for a phone, where somebody looks: into a file or a pipe it is of no use.
    private func qrCode(_ report: SetupReport) -> [String] {
        let stream = StandardStream.output
        guard stream.isTerminal, let code = QRCode(report.pageLink), code.columns <= stream.columns ?? 80 else {
            return []
        }
        return ["", "The same for a phone:", ""] + code.lines(isColoured: stream.showsColours)
    }
}
