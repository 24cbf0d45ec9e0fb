import ArgumentParser
import Console
import HubStore
import PulsoidAPI

struct RoomListCommand: HubCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the rooms and their members.")

    private struct Outcome: Encodable {
        struct Room: Encodable {
            let roomId: String
            let roomName: String?
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
                roomId: room.id, roomName: room.reference.name,
                members: room.members.map {
                    Outcome.Member(userId: $0.user.id, profileId: $0.user.profileID, name: $0.user.name)
                })
        }
        try output.print(
            Outcome(rooms: rooms),
            sentences: TextTable.lines(
                of: rooms.map { [$0.roomId, $0.roomName ?? "-", $0.members.map(\.name).joined(separator: ", ")] }))
    }
}

struct RoomConfigureCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "configure", abstract: "Change the configuration of a room. Its readers receive it.")

    private struct Outcome: Encodable {
        let roomId: String
    }

    @Argument(help: "The room: a name or an ID.")
    var room: String
    @Argument(help: "Any JSON object. Its name is the name of the room.")
    var config: RoomConfig
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let room = try await database.openStore().accounts.setConfig(config.value, ofRoom: room)
        try output.print(
            Outcome(roomId: room.id), sentences: ["Room \(room.sentenceName) has its new configuration."])
    }
}

struct RoomDeleteCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a room. The readings of its members stay.")
    static let isRemoval = true

    private struct Outcome: Encodable {
        let roomId: String
    }

    @Argument(help: "The room: a name or an ID.")
    var room: String
    @OptionGroup var confirmation: ConfirmationOptions
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let store = try await database.openStore()
        let found = try await store.accounts.room(room)
        try await confirmation.require(
            .delete, "room \(found.reference.label) with \(found.members.count.counted("member"))",
            typing: found.reference.label,
            command: PrintedCommand(database).text(["room", "delete", found.id, "--yes"]))
        let deleted = try await store.accounts.removeRoom(found.id)
        try output.print(Outcome(roomId: deleted.id), sentences: ["Deleted room \(deleted.sentenceName)."])
    }
}
