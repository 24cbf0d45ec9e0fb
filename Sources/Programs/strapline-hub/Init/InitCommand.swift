import ArgumentParser
import Glibc
import HubStore
import QRCodes

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract:
            "Set up a new hub: a user, a room, and tokens for uploader, page, overlay and administration.",
        discussion: """
            The tokens are shown only now, or written to files with --tokens. If there are users already, it changes
            nothing, except with --again.
            """)

    @Option(help: "The user's name. Default: the name of the user who runs this command.")
    var user: String?
    @Option(help: "The room's name on the page.")
    var room = "Home"
    @Option(
        help: ArgumentHelp(
            "The hub's address for users. Default: http, this machine's address, port 8080.", valueName: "url"))
    var address: HubAddress?
    @Option(
        help: ArgumentHelp(
            "Write the tokens to uploader.token, reader.token, overlay.token and admin.token in this folder instead of "
                + "showing them. Only this user can read them.", valueName: "folder"))
    var tokens: String?
    @Flag(help: "Add another user with a room and tokens.")
    var again = false
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reporting {
            let address = address ?? .ofThisMachine()
            guard let tokens else {
                let store = try database.openStore()
                let report = SetupReport(setup: try await setUp(store), hub: address, files: nil)
                try await output.printOnce(
                    report.outcome, sentences: report.sentences + (output.json ? [] : qrCode(report)),
                    undo: { try await store.accounts.undo(report.setup) })
                return
            }
            var files = try TokenFiles.begin(folder: tokens)
            let setup = try await setUp(try database.openStore())
            try files.write(setup)
            let report = SetupReport(setup: setup, hub: address, files: files.paths)
            try output.print(report.outcome, sentences: report.sentences)
        }
    }

    private func setUp(_ store: HubStore) async throws -> HubBootstrap {
        let name = user ?? Self.nameOfThisUser ?? "me"
        return try await store.accounts.setUp(userNamed: name, room: room, allowsOthers: again)
    }

    private static var nameOfThisUser: String? {
        guard let entry = getpwuid(getuid()) else { return nil }
        return String(cString: entry.pointee.pw_name)
    }

    /// A QR code with the link to the page, for a phone. Only for a terminal.
    private func qrCode(_ report: SetupReport) -> [String] {
        guard isatty(STDOUT_FILENO) == 1, let code = QRCode(report.pageLink) else { return [] }
        return ["", "The same for a phone:", ""] + code.lines
    }
}
