import ArgumentParser
import Hub
import PulsoidAPI

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Access tokens.",
        subcommands: [TokenIssueCommand.self, TokenListCommand.self, TokenRemoveCommand.self])
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
            let store = try database.openStore()
            let token = try await store.issueToken(
                forUser: user, scopes: scopes, lifetime: expiresIn?.duration)
            let expiresAt = token.expiresAtMilliseconds.map(ISO8601.text(milliseconds:))
            try await output.printOnce(
                Outcome(
                    accessToken: token.accessToken, userId: token.user.id, profileId: token.user.profileID,
                    scopes: token.scopes, expiresAt: expiresAt),
                sentences: [
                    token.accessToken,
                    "",
                    "This is \(token.user.name)'s token, valid \(expiresAt.map { "until \($0)" } ?? "for ever"). "
                        + "It is not shown again: put it into a file that only its reader can read.",
                ], takingBack: { try await store.takeBack([token.accessToken]) })
        }
    }
}

struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the users' tokens, without their secrets, those of programs too.")

    private struct Outcome: Encodable {
        struct Row: Encodable {
            let tokenId: String
            let userId: Int64
            let scopes: [String]
            let expiresAt: String?
            let clientId: String?
        }

        let tokens: [Row]
    }

    @Option(help: ArgumentHelp("Of this user alone: a name, a number or a profile.", valueName: "user"))
    var user: String?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reporting {
            let rows = try await database.openStore().tokens(ofUser: user).map { token in
                Outcome.Row(
                    tokenId: token.id, userId: token.userID, scopes: token.scopes,
                    expiresAt: token.expiresAtMilliseconds.map(ISO8601.text(milliseconds:)), clientId: token.clientID)
            }
            try output.print(
                Outcome(tokens: rows),
                sentences: rows.map { row in
                    let program = row.clientId.map { " of the program \($0)" } ?? ""
                    return "\(row.tokenId)  user \(row.userId)  \(row.scopes.joined(separator: ","))  "
                        + (row.expiresAt.map { "until \($0)" } ?? "for ever") + program
                })
        }
    }
}

struct TokenRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "remove", abstract: "End a token, and its streams.")

    private struct Outcome: Encodable {
        let tokenId: String
    }

    @Argument(help: "As `token list` shows it; not the token itself.")
    var token: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reporting {
            try await database.openStore().removeToken(token)
            try output.print(Outcome(tokenId: token), sentences: ["The token \(token) has ended."])
        }
    }
}
