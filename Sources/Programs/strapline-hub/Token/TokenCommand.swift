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

struct TokenIssueCommand: AsyncParsableCommand {
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
        let store = try database.openStore()
        let token = try await store.accounts.issueToken(
            forUser: user, scopes: scopes, mayConsent: mayConsent, lifetime: expiresIn?.duration)
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
            ], takingBack: { try await store.accounts.revokeUnseen([token.accessToken]) })
    }
}

struct TokenListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens of users and programs, without their secrets.")

    private struct Outcome: Encodable {
        struct Row: Encodable {
            let tokenId: String
            let userId: Int64
            let scopes: [String]
            let expiresAt: String?
            let clientId: String?
            let mayConsent: Bool
            let origin: String
            let issuedBy: String?
            let consentedBy: String?
            let grantId: Int64?

            init(_ token: TokenRecord) {
                tokenId = token.id
                userId = token.userID
                scopes = token.scopes
                expiresAt = token.expiresAtMilliseconds.map(ISO8601.text(milliseconds:))
                clientId = token.clientID
                mayConsent = token.mayConsent
                origin = token.originName
                issuedBy = token.issuedBy
                consentedBy = token.consentedBy
                grantId = token.grantID
            }

            var sentence: String {
                "\(tokenId)  user \(userId)  \(scopes.joined(separator: ","))  "
                    + "\(expiresAt.map { "until \($0)" } ?? "for ever")  \(source)"
            }

            /// Where it came from.
            private var source: String {
                guard let clientId, let grantId else {
                    let administrator = issuedBy.map { " (\($0))" } ?? ""
                    return "issued by the administration\(administrator)\(mayConsent ? ", may allow programs" : "")"
                }
                let consent = consentedBy.map { "token \($0)" } ?? "a token that an earlier version did not record"
                return "of the program \(clientId), allowed with \(consent) (consent \(grantId))"
                    + (origin == "refresh" ? ", refreshed" : "")
            }
        }

        let tokens: [Row]
    }

    @Option(help: ArgumentHelp("Only tokens of this user: a name, a number or a profile.", valueName: "user"))
    var user: String?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let rows = try await database.openStore().accounts.tokens(ofUser: user).map(Outcome.Row.init)
        try output.print(Outcome(tokens: rows), sentences: rows.map(\.sentence))
    }
}

struct TokenRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Revoke a token, its streams, and the access of the programs it authorized.",
        discussion: "Revoking the token of a program revokes the whole access of the program.")

    private struct Outcome: Encodable {
        let tokenId: String
        /// How many programs lost their access with it.
        let endedGrants: Int
    }

    @Argument(help: "The number in `token list`; not the token itself.")
    var token: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let grants = try await database.openStore().accounts.removeToken(token)
        let programs = grants == 1 ? "The access of 1 program" : "The access of \(grants) programs"
        try output.print(
            Outcome(tokenId: token, endedGrants: grants),
            sentences: ["The token \(token) has ended."] + (grants > 0 ? ["\(programs) has ended with it."] : []))
    }
}
