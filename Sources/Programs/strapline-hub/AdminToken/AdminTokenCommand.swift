import ArgumentParser
import Console
import DateFormats
import HubStore

struct AdminTokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "admin-token", abstract: "Administration tokens: for admin calls, and for remote metrics.",
        subcommands: [AdminTokenIssueCommand.self, AdminTokenListCommand.self, AdminTokenRemoveCommand.self],
        defaultSubcommand: AdminTokenIssueCommand.self)
}

struct AdminTokenIssueCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Issue an administration token. It is shown once; the hub keeps only its hash.")

    private struct Outcome: Encodable {
        let adminToken: String
        let id: Int64
        let name: String
        let expiresAt: String?
    }

    @Option(help: "A name for the token.")
    var name = "administration"
    @Option(
        help: ArgumentHelp(
            "The lifetime: a number with s, m, h or d, for instance 30d. Default: unlimited.", valueName: "time"),
        transform: TimeSpan.init(text:))
    var expiresIn: TimeSpan?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let store = try await database.openStore(mayBeNew: true)
        let issued = try await store.accounts.issueAdminToken(named: name, lifetime: expiresIn?.duration)
        let expiresAt = issued.token.expiresAtMilliseconds.map(ISO8601.text(milliseconds:))
        try await output.printOnce(
            Outcome(
                adminToken: issued.accessToken, id: issued.token.id, name: issued.token.name, expiresAt: expiresAt),
            sentences: [
                issued.accessToken,
                "",
                "This token (number \(issued.token.id)) may change everything in this hub, "
                    + "\(expiresAt.map { "until \($0)" } ?? "for ever"). "
                    + "It is not shown again: put it into a file that only its reader can read.",
            ], about: database, takingBack: { try await store.accounts.revokeUnseen([issued.accessToken]) })
    }
}

struct AdminTokenListCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the administration tokens, without their secrets.")

    private struct Outcome: Encodable {
        struct Row: Encodable {
            let id: Int64
            let name: String
            let expiresAt: String?
            let issuedBy: String?
        }

        let adminTokens: [Row]
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let rows = try await database.openStore().accounts.adminTokens().map { token in
            Outcome.Row(
                id: token.id, name: token.name,
                expiresAt: token.expiresAtMilliseconds.map(ISO8601.text(milliseconds:)), issuedBy: token.issuedBy)
        }
        try output.print(
            Outcome(adminTokens: rows),
            sentences: rows.map { row in
                "\(row.id)  \(row.name)  \(row.expiresAt.map { "until \($0)" } ?? "for ever")"
                    + (row.issuedBy.map { "  issued by: \($0)" } ?? "")
            })
    }
}

struct AdminTokenRemoveCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Revoke an administration token.")

    private struct Outcome: Encodable {
        let id: Int64
    }

    @Argument(help: "The number of the token.")
    var id: Int64
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let store = try await database.openStore()
        if let token = try await store.accounts.adminTokens().first(where: { $0.id == id }) {
            try await confirmation.ask(.revoke, "the administration token \(id) (\(token.name))")
        }
        try await store.accounts.removeAdminToken(id)
        try output.print(Outcome(id: id), sentences: ["The token with the number \(id) has ended."])
    }
}
