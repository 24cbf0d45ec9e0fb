import ArgumentParser
import Console
import HubServer
import ServiceManager

@main
struct StraplineHub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strapline-hub",
        abstract: "Serves Pulsoid's and Cardiogram's heart rate API on your own network.",
        discussion: """
            A first hub in two commands, both with the same --database:
              strapline-hub init --user Anna
              strapline-hub serve --host 0.0.0.0
            One more user:
              strapline-hub user add Ben
              strapline-hub token issue --user Ben --scope data:heart_rate:write,data:heart_rate:read,data:room:read
              strapline-hub room add ROOM Ben
            Administration takes effect in a running hub at once.
            """,
        version: HubBuild.version,
        subcommands: [
            InitCommand.self, ServeCommand.self, UserCommand.self, TokenCommand.self, RoomCommand.self,
            ClientCommand.self, AdminTokenCommand.self, BackupCommand.self,
        ])

    static func main() async {
        CoreDumps.disable()
        StandardStream.ignoreBrokenPipes()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            StandardStream.close()
        } catch {
            end(with: error)
        }
    }
}
