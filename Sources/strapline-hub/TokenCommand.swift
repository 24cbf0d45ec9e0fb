import ArgumentParser
import Hub
import PulsoidAPI

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Access tokens.", subcommands: [TokenIssueCommand.self])
}

struct TokenIssueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Issue a token. It is shown this once; the hub keeps a hash.")

    private struct Outcome: Encodable {
        let accessToken: String
        let userId: Int64
        let profileId: String
        let scopes: [String]
        let expiresAt: String?
    }

    @Option(help: ArgumentHelp("Who it speaks for: a name, a number or a profile.", valueName: "user"))
    var user: String
    @Option(
        help: ArgumentHelp(
            "What it is good for, comma separated: \(HubScope.all.joined(separator: ", ")).", valueName: "scopes"))
    var scope: String
    @Option(
        help: ArgumentHelp(
            "How long: a number with s, m, h or d, for instance 30d. Default: for ever.", valueName: "time"),
        transform: Lifetime.init)
    var expiresIn: Lifetime?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reporting {
            let scopes = scope.split(separator: ",").map { String($0.filter { $0 != " " }) }
            let token = try await database.openStore().issueToken(
                forUser: user, scopes: scopes, lifetime: expiresIn?.duration)
            let expiresAt = token.expiresAtMilliseconds.map(ISO8601.text(milliseconds:))
            try output.print(
                Outcome(
                    accessToken: token.accessToken, userId: token.user.id, profileId: token.user.profileID,
                    scopes: token.scopes, expiresAt: expiresAt),
                sentences: [
                    token.accessToken,
                    "",
                    "This is \(token.user.name)'s token, valid \(expiresAt.map { "until \($0)" } ?? "for ever"). "
                        + "It is not shown again: put it into a file that only its reader can read.",
                ])
        }
    }
}
