import ArgumentParser
import Hub

@main
struct StraplineHub: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "strapline-hub",
        abstract: "Serves Pulsoid's and Cardiogram's heart rate API on your own network.",
        discussion: """
            A first hub in five commands, all with the same --database:
              strapline-hub user add Anna
              strapline-hub token issue --user Anna --scope data:heart_rate:write,data:heart_rate:read,data:room:read
              strapline-hub room create
              strapline-hub room add ROOM Anna
              strapline-hub serve
            Administration takes effect in a running hub at once.
            """,
        version: HubBuild.version,
        subcommands: [
            ServeCommand.self, UserCommand.self, TokenCommand.self, RoomCommand.self, ClientCommand.self,
            AdminTokenCommand.self,
        ])
}
