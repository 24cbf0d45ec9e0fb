import ArgumentParser
import HubStore

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Programs that users let in with a code (device authorization).",
        discussion: "A program without a registration can use the client_id \(Client.builtInID), which has no secret.",
        subcommands: [ClientAddCommand.self, ClientListCommand.self, ClientRemoveCommand.self])
}

struct ClientAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Register a program.")

    private struct Outcome: Encodable {
        let clientId: String
        let clientSecret: String?
        let name: String
    }

    @Argument(help: "What people are asked about.")
    var name: String
    @Option(
        help: ArgumentHelp("The client_id that is built into the program. Default: a new one.", valueName: "client"))
    var id: String?
    @Flag(help: "Make a client_secret for it. Default: none, as for programs on people's own machines.")
    var secret = false
    @Option(
        name: .customLong("redirect-uri"),
        help: ArgumentHelp(
            "Where people come back to with a code; once for each. For programs with a secret.", valueName: "url"))
    var redirectURIs: [String] = []
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let store = try database.openStore()
        let new = try await store.addClient(
            named: name, id: id, isConfidential: secret, redirectURIs: redirectURIs)
        let secretLines = new.secret.map {
            [
                "client_secret \($0)", "",
                "The secret is not shown again: put it where only the program can read it.",
            ]
        }
        try await output.printOnce(
            Outcome(clientId: new.client.id, clientSecret: new.secret, name: new.client.name),
            sentences: ["client_id \(new.client.id)"] + (secretLines ?? []),
            takingBack: { try await store.removeClient(new.client.id) })
    }
}

struct ClientListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the programs that are registered.")

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
        let clients = try await database.openStore().clients()
        try output.print(
            Outcome(clients: clients.map { .init(clientId: $0.id, name: $0.name, hasSecret: $0.isConfidential) }),
            sentences: clients.map { "\($0.id)  \($0.name)\($0.isConfidential ? " (with a secret)" : "")" })
    }
}

struct ClientRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a program. The tokens that users gave it end.")

    private struct Outcome: Encodable {
        let clientId: String
    }

    @Argument(help: "Its client_id.")
    var id: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await database.openStore().removeClient(id)
        try output.print(
            Outcome(clientId: id), sentences: ["Removed client \(id). The tokens that users gave it have ended."])
    }
}
