import ArgumentParser
import HubStore
import PulsoidAPI

struct RoomListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the rooms and their members.")

    private struct Outcome: Encodable {
        struct Room: Encodable {
            let roomId: String
            let members: [Member]
        }

        struct Member: Encodable {
            let userId: Int64
            let profileId: String
            let name: String
        }

        let rooms: [Room]
    }

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let rooms = try await database.openStore().accounts.rooms().map { room in
            Outcome.Room(
                roomId: room.id,
                members: room.members.map {
                    Outcome.Member(userId: $0.user.id, profileId: $0.user.profileID, name: $0.user.name)
                })
        }
        try output.print(
            Outcome(rooms: rooms),
            sentences: rooms.map { "\($0.roomId)  \($0.members.map(\.name).joined(separator: ", "))" })
    }
}

struct RoomConfigureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configure", abstract: "Change the configuration of a room. Its readers receive it.")

    private struct Outcome: Encodable {
        let roomId: String
    }

    @Argument(help: "The ID of the room.")
    var room: String
    @Argument(help: "Any JSON object.")
    var config: RoomConfig
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await database.openStore().accounts.setConfig(config.value, ofRoom: room)
        try output.print(Outcome(roomId: room), sentences: ["Room \(room) has its new configuration."])
    }
}

struct RoomDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a room. The readings of its members stay.")

    private struct Outcome: Encodable {
        let roomId: String
    }

    @Argument(help: "The ID of the room.")
    var room: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try await database.openStore().accounts.removeRoom(room)
        try output.print(Outcome(roomId: room), sentences: ["Deleted room \(room)."])
    }
}
