import ArgumentParser
import HubAPI
import HubStore

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "The users of the hub.",
        subcommands: [UserAddCommand.self, UserListCommand.self, UserRemoveCommand.self])
}

/// A user, as these commands print one.
private struct UserOutcome: Encodable {
    let userId: Int64
    let profileId: String
    let name: String

    init(_ user: User) {
        userId = user.id
        profileId = user.profileID
        name = user.name
    }
}

struct UserAddCommand: HubCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Create a user.")

    @Argument(help: "The name of the user.")
    var name: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let user = try await database.openStore(mayBeNew: true).accounts.addUser(named: name)
        try output.print(
            UserOutcome(user),
            sentences: [
                "Made user \(user.name): number \(user.id) (Cardiogram's userId), profile \(user.profileID).",
                "Next, a token for their uploader:",
                "  "
                    + PrintedCommand(database).text([
                        "token", "issue", "--user", String(user.id), "--scope",
                        HubScope.uploader.joined(separator: ","), "--label", TokenLabel.uploader,
                    ]),
            ])
    }
}

struct UserListCommand: HubCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the users.")

    private struct Outcome: Encodable {
        let users: [UserOutcome]
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let users = try await database.openStore().accounts.users()
        try output.print(
            Outcome(users: users.map(UserOutcome.init)),
            sentences: users.map { "\($0.id)  \($0.profileID)  \($0.name)" })
    }
}

struct UserRemoveCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a user, with all tokens and readings.")
    static let isRemoval = true

    @Argument(help: "A name, a number or a profile.")
    var user: String
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let store = try await database.openStore()
        let found = try await store.accounts.user(user)
        if !confirmation.yes {
            let readings = try await store.readings.count(ofUser: found.id)
            try await confirmation.require(
                .delete, "\(found.name) and \(readings.counted("reading"))", typing: found.name,
                command: PrintedCommand(database).text(["user", "remove", String(found.id), "--yes"]))
        }
        let user = try await store.accounts.removeUser(String(found.id))
        try output.print(
            UserOutcome(user),
            sentences: ["Removed \(user.name), with their tokens and all that they have measured."])
    }
}
