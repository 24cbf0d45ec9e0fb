import ArgumentParser
import Console
import DateFormats
import HubStore
import Timing

struct TokenListCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the tokens of users and programs, without their secrets.")

    private struct Outcome: Encodable {
        struct Row: Encodable {
            let tokenId: String
            let userId: Int64
            let userName: String
            let label: String?
            let scopes: [String]
            let expiresAt: String?
            let lastUsedAt: String?
            let clientId: String?
            let mayConsent: Bool
            let origin: String
            let issuedBy: String?
            let consentedBy: String?
            let grantId: Int64?

            init(_ token: TokenRecord) {
                tokenId = token.id
                userId = token.userID
                userName = token.user.name
                label = token.label
                scopes = token.scopes
                expiresAt = token.expiresAtMilliseconds.map(ISO8601.text(milliseconds:))
                lastUsedAt = token.lastUsedAtMilliseconds.map(ISO8601.text(milliseconds:))
                clientId = token.clientID
                mayConsent = token.mayConsent
                origin = token.originName
                issuedBy = token.issuedBy
                consentedBy = token.consentedBy
                grantId = token.grantID
            }

            /// The row of the table. `use` is the last use in words.
            func cells(use: String) -> [String] {
                [
                    tokenId, userName, label ?? clientId ?? "-", use, expiresAt.map { "until \($0)" } ?? "for ever",
                    scopes.joined(separator: ","), source,
                ]
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
        let store = try await database.openStore()
        let tokens = try await store.accounts.tokens(ofUser: user)
        let now = store.time.now().wallMilliseconds
        let rows = tokens.map { token in
            let use = token.lastUsedAtMilliseconds.map { "used \(WallTime.age(milliseconds: now - $0))" }
            return Outcome.Row(token).cells(use: use ?? "never used")
        }
        try output.print(Outcome(tokens: tokens.map(Outcome.Row.init)), sentences: TextTable.lines(of: rows))
    }
}
