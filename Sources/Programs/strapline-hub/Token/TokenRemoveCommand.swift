import ArgumentParser
import Console
import HubStore

struct TokenRemoveCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Revoke a token, its streams, and the access of the programs it authorized.",
        discussion: "Revoking the token of a program revokes the whole access of the program.")
    static let isRemoval = true

    private struct Outcome: Encodable {
        let tokenId: String
        /// How many programs lost their access with it.
        let endedGrants: Int
    }

    private struct UserOutcome: Encodable {
        let userId: Int64
        let endedTokens: Int
    }

    @Argument(help: "The number in `token list`; not the token itself.")
    var token: String?
    @Option(help: ArgumentHelp("Revoke all tokens of this user: a name, a number or a profile.", valueName: "user"))
    var user: String?
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (token == nil) != (user == nil) else {
            throw ValidationError("Give the number of a token, or --user for all tokens of a user.")
        }
    }

    func run() async throws {
        let store = try await database.openStore()
        if let token {
            try await remove(token, store)
        } else if let user {
            try await removeAll(ofUser: user, store)
        }
    }

    private func remove(_ token: String, _ store: HubStore) async throws {
        let all = try await store.accounts.tokens()
        if let known = all.first(where: { $0.id == token }) {
            let label = known.label.map { " (\($0))" } ?? ""
            let programs = all.filter { $0.consentedBy == token }.count
            let also = programs > 0 ? ", and the access of \(programs.counted("program"))" : ""
            try await confirmation.ask(.revoke, "\(known.user.name)'s token \(token)\(label)\(also)")
        }
        let grants = try await store.accounts.removeToken(token)
        let programs = grants == 1 ? "The access of 1 program" : "The access of \(grants) programs"
        try output.print(
            Outcome(tokenId: token, endedGrants: grants),
            sentences: ["The token \(token) has ended."] + (grants > 0 ? ["\(programs) has ended with it."] : []))
    }

    private func removeAll(ofUser user: String, _ store: HubStore) async throws {
        let found = try await store.accounts.user(user)
        let count = try await store.accounts.tokens(ofUser: String(found.id)).count
        try await confirmation.require(
            .revoke, "all of \(found.name)'s access (\(count.counted("token")))", typing: found.name,
            command: PrintedCommand(database).text(["token", "remove", "--user", String(found.id), "--yes"]))
        let ended = try await store.accounts.removeTokens(ofUser: String(found.id))
        try output.print(
            UserOutcome(userId: found.id, endedTokens: ended),
            sentences: ["\(ended.counted("token")) of \(found.name) ended."])
    }
}
