import ArgumentParser
import Console
import HubServer
import HubStore
import ServiceManager

@main
struct StraplineHub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strapline-hub",
        abstract: "Serves Pulsoid's and Cardiogram's heart rate API on your own network.",
        discussion: """
            A first hub in two commands, both with the same --database:
              strapline-hub init --user Anna --room Gym
              strapline-hub serve --host 0.0.0.0

            One more member, or a whole class:
              strapline-hub member add Ben --room Gym
              strapline-hub roster import class.csv --room Gym

            Administration takes effect in a running hub at once.
            """,
        version: HubBuild.version,
        groupedSubcommands: [
            CommandGroup(
                name: "Hub",
                subcommands: [InitCommand.self, ServeCommand.self, BackupCommand.self, MoveCommand.self]),
            CommandGroup(
                name: "People and rooms",
                subcommands: [MemberCommand.self, RosterCommand.self, UserCommand.self, RoomCommand.self]),
            CommandGroup(
                name: "Access", subcommands: [TokenCommand.self, ClientCommand.self, AdminTokenCommand.self]),
        ])

    static func main() async {
        CoreDumps.disable()
        StandardStream.reserve()
        StandardStream.ignoreBrokenPipes()
        do {
            var command = try parseCommandLine()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            StandardStream.close()
        } catch let error as HubStoreError {
            let message = ((try? parseCommandLine()) as? any HubCommand).map { command in
                error.message(about: PrintedCommand(command.database), isRemoval: type(of: command).isRemoval)
            }
            end(with: CommandError(message ?? error.description, error.exitCode))
        } catch {
            end(with: error)
        }
    }
}
