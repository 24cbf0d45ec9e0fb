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

struct RoomCreateCommand: HubCommand {
    static let configuration = CommandConfiguration(commandName: "create", abstract: "Create a room.")

    private struct Outcome: Encodable {
        let roomId: String
        let name: String?
    }

    @Argument(help: ArgumentHelp("The name of the room.", valueName: "name"))
    var roomName: String?
    @Option(help: ArgumentHelp("The same as an option.", valueName: "name"))
    var name: String?
    @Option(help: ArgumentHelp("Any JSON object; the readers of the room receive it.", valueName: "json"))
    var config: RoomConfig?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if roomName != nil, name != nil { throw ValidationError("Give the name once: \(roomName ?? "").") }
        if let name = roomName ?? name { try RoomConfig.checkName(name) }
    }

    func run() async throws {
        let config = (config ?? RoomConfig()).named(roomName ?? name)
        let store = try await database.openStore(mayBeNew: true)
        let roomID = try await store.accounts.createRoom(config: config.value)
        let room = RoomReference(id: roomID, name: RoomReference.name(in: config.value))
        let isNameTaken = try await store.accounts.rooms().contains {
            $0.id != roomID && $0.reference.name == room.name
        }
        let isAmbiguous = room.name != nil && isNameTaken
        let next = PrintedCommand(database).text(
            ["member", "add", "NAME", "--room", isAmbiguous ? roomID : room.label])
        try output.print(
            Outcome(roomId: roomID, name: room.name),
            sentences: [
                "Made room \(room.sentenceName).",
                isAmbiguous ? "Another room has this name: use the ID for this one." : nil,
                "Next, its members:", "  \(next)",
            ].compactMap(\.self))
    }
}

extension RoomReference {
    /// The name with the ID, for sentences.
    var sentenceName: String { name.map { "\($0) (\(id))" } ?? id }
}

/// What adding and removing say.
private struct MemberOutcome: Encodable {
    let roomId: String
    let roomName: String?
    let userId: Int64
    let profileId: String

    init(_ member: Membership) {
        roomId = member.room.id
        roomName = member.room.name
        userId = member.user.id
        profileId = member.user.profileID
    }
}

struct RoomAddCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a user to a room, or change the configuration of a member.")

    @Argument(help: "The room: a name or an ID.")
    var room: String
    @Argument(help: "A name, a number or a profile.")
    var user: String
    @Option(help: ArgumentHelp("Any JSON object; the readers of the room receive it.", valueName: "json"))
    var config: RoomConfig?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let member = try await database.openStore().accounts.addMember(user, toRoom: room, config: config?.value)
        try output.print(
            MemberOutcome(member),
            sentences: [
                "\(member.user.name) is a member of room \(member.room.label).",
                "Readers need a token of a member with the scope data:room:read.",
            ])
    }
}

struct RoomRemoveCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a member from a room, and close the member's streams of it.")
    static let isRemoval = true

    @Argument(help: "The room: a name or an ID.")
    var room: String
    @Argument(help: "A name, a number or a profile.")
    var user: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let member = try await database.openStore().accounts.removeMember(user, fromRoom: room)
        try output.print(
            MemberOutcome(member),
            sentences: ["\(member.user.name) is no longer a member of room \(member.room.label)."])
    }
}
