import ArgumentParser
import Hub

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "People whose heart rate the hub keeps.", subcommands: [UserAddCommand.self])
}

struct UserAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "add", abstract: "Make a user.")

    private struct Outcome: Encodable {
        let userId: Int64
        let profileId: String
        let name: String
    }

    @Argument(help: "What to call them.")
    var name: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await CommandFailure.reporting {
            let user = try await database.openStore().addUser(named: name)
            try output.print(
                Outcome(userId: user.id, profileId: user.profileID, name: user.name),
                sentences: [
                    "Made user \(user.name): number \(user.id) (Cardiogram's userId), profile \(user.profileID).",
                    "Next, a token for their uploader:",
                    "  strapline-hub token issue --user \(user.id) --scope "
                        + "data:heart_rate:write,\(HubScope.beatsWrite)",
                ])
        }
    }
}
