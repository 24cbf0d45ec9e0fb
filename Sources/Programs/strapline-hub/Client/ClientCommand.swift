import ArgumentParser
import HubStore

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Programs that users authorize with a code (device authorization).",
        discussion: "A program without a registration can use the client_id \(Client.builtInID), which has no secret.",
        subcommands: [ClientAddCommand.self, ClientListCommand.self, ClientRemoveCommand.self])
}

struct ClientAddCommand: HubCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Register a program.")

    private struct Outcome: Encodable {
        let clientId: String
        let clientSecret: String?
        let name: String
    }

    @Argument(help: "The name that users see when they authorize it.")
    var name: String
    @Option(
        help: ArgumentHelp("The client_id of the program. Default: a new one.", valueName: "client"))
    var id: String?
    @Flag(help: "Create a client_secret. Default: none, as for programs on the users' machines.")
    var secret = false
    @Option(
        name: .customLong("redirect-uri"),
        help: ArgumentHelp(
            "A redirect URI for codes. Repeatable. For programs with a secret.", valueName: "url"))
    var redirectURIs: [String] = []
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let store = try await database.openStore(mayBeNew: true)
        let new = try await store.oauth.addClient(
            named: name, id: id, isConfidential: secret, redirectURIs: redirectURIs)
        let secretLines = new.secret.map {
            [
                "client_secret \($0)", "",
                "The secret is not shown again: put it where only the program can read it.",
            ]
        }
        try await output.printOnce(
            Outcome(clientId: new.client.id, clientSecret: new.secret, name: new.client.name),
            sentences: ["client_id \(new.client.id)"] + (secretLines ?? []), about: database,
            takingBack: { try await store.oauth.removeClient(new.client.id) })
    }
}

struct ClientListCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the registered programs.")

    private struct Outcome: Encodable {
        struct Row: Encodable {
            let clientId: String
            let name: String
            let hasSecret: Bool
        }

        let clients: [Row]
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let clients = try await database.openStore().oauth.clients()
        try output.print(
            Outcome(clients: clients.map { .init(clientId: $0.id, name: $0.name, hasSecret: $0.isConfidential) }),
            sentences: clients.map { "\($0.id)  \($0.name)\($0.isConfidential ? " (with a secret)" : "")" })
    }
}

struct ClientRemoveCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a program, and revoke its tokens.")

    private struct Outcome: Encodable {
        let clientId: String
    }

    @Argument(help: "The client_id of the program.")
    var id: String
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let store = try await database.openStore()
        let grants = try await store.oauth.grantCount(ofClient: id)
        let loss = "the client \(id), and its access to the data of users (\(grants.counted("consent")))"
        if grants > 0 {
            try await confirmation.require(
                .delete, loss, typing: id,
                command: PrintedCommand(database).text(["client", "remove", id, "--yes"]))
        } else {
            try await confirmation.ask(.delete, loss)
        }
        try await store.oauth.removeClient(id)
        try output.print(
            Outcome(clientId: id), sentences: ["Removed client \(id). The tokens that users gave it have ended."])
    }
}
