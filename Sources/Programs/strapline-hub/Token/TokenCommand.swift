import ArgumentParser
import Console
import DateFormats
import HubAPI
import HubStore

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Access tokens.",
        subcommands: [TokenIssueCommand.self, TokenListCommand.self, TokenRemoveCommand.self])
}

struct TokenIssueCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue", abstract: "Issue a token. It is shown once; the hub keeps only its hash.")

    private struct Outcome: Encodable {
        let accessToken: String
        let userId: Int64
        let profileId: String
        let scopes: [String]
        let mayConsent: Bool
        let expiresAt: String?
    }

    @Option(help: ArgumentHelp("The user of the token: a name, a number or a profile.", valueName: "user"))
    var user: String
    @Option(
        help: ArgumentHelp(
            "The scopes, separated by commas: \(HubScope.all.joined(separator: ", ")).", valueName: "scopes"))
    var scope: String
    @Option(help: "What the token is for, in lists: a short text.")
    var label: String?
    @Flag(
        help: ArgumentHelp(
            "Let the owner authorize programs with it.",
            discussion: "A program gets at most the scopes of this token, and its access ends with this token. "
                + "Leave it out for a token in an address or in a program."))
    var mayConsent = false
    @Option(
        help: ArgumentHelp(
            "The lifetime: a number with s, m, h or d, for instance 30d. Default: unlimited.", valueName: "time"),
        transform: TimeSpan.init(text:))
    var expiresIn: TimeSpan?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let scopes = scope.split(separator: ",").map { String($0.filter { $0 != " " }) }
        let store = try await database.openStore()
        let token = try await store.accounts.issueToken(
            forUser: user, scopes: scopes, label: label, mayConsent: mayConsent, lifetime: expiresIn?.duration)
        let expiresAt = token.expiresAtMilliseconds.map(ISO8601.text(milliseconds:))
        try await output.printOnce(
            Outcome(
                accessToken: token.accessToken, userId: token.user.id, profileId: token.user.profileID,
                scopes: token.scopes, mayConsent: token.mayConsent, expiresAt: expiresAt),
            sentences: [
                token.accessToken,
                "",
                "This is \(token.user.name)'s token, valid \(expiresAt.map { "until \($0)" } ?? "for ever")"
                    + "\(token.mayConsent ? ", and may allow programs" : ""). "
                    + "It is not shown again: put it into a file that only its reader can read.",
            ], about: database, takingBack: { try await store.accounts.revokeUnseen([token.accessToken]) })
    }
}
