import ArgumentParser
import HubStore
import PulsoidAPI

struct RoomCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "room", abstract: "Rooms: several users in one stream.",
        subcommands: [
            RoomCreateCommand.self, RoomListCommand.self, RoomConfigureCommand.self, RoomDeleteCommand.self,
            RoomAddCommand.self, RoomRemoveCommand.self,
        ])
}

struct RoomCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Create a room.")

    private struct Outcome: Encodable {
        let roomId: String
    }

    @Option(help: ArgumentHelp("Any JSON object; the readers of the room receive it.", valueName: "json"))
    var config: RoomConfig?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let roomID = try await database.openStore().accounts.createRoom(config: config?.value ?? .object([:]))
        try output.print(
            Outcome(roomId: roomID),
            sentences: [
                "Made room \(roomID).", "Next, its members:", "  strapline-hub room add \(roomID) NAME",
            ])
    }
}

/// What adding and removing say.
private struct MemberOutcome: Encodable {
    let roomId: String
    let userId: Int64
    let profileId: String
}

struct RoomAddCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user to a room, or change the configuration of a member.")

    @Argument(help: "The ID of the room.")
    var room: String
    @Argument(help: "A name, a number or a profile.")
    var user: String
    @Option(help: ArgumentHelp("Any JSON object; the readers of the room receive it.", valueName: "json"))
    var config: RoomConfig?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let user = try await database.openStore().accounts.addMember(user, toRoom: room, config: config?.value)
        try output.print(
            MemberOutcome(roomId: room, userId: user.id, profileId: user.profileID),
            sentences: [
                "\(user.name) is a member of room \(room).",
                "Readers need a token of a member with the scope data:room:read.",
            ])
    }
}

struct RoomRemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a member from a room, and close the member's streams of it.")

    @Argument(help: "The ID of the room.")
    var room: String
    @Argument(help: "A name, a number or a profile.")
    var user: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let user = try await database.openStore().accounts.removeMember(user, fromRoom: room)
        try output.print(
            MemberOutcome(roomId: room, userId: user.id, profileId: user.profileID),
            sentences: ["\(user.name) is no longer a member of room \(room)."])
    }
}
