import ArgumentParser
import Console
import HubStore
import PulsoidAPI

struct MemberListCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the members of a room, or of all rooms.")

    private struct Outcome: Encodable {
        struct Row: Encodable {
            let userId: Int64
            let profileId: String
            let name: String
            let roomId: String
            let roomName: String?
            let maxHeartRate: Int64?
        }

        let members: [Row]
    }

    @Option(help: "Only this room: a name or an ID.")
    var room: String?
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let accounts = try await database.openStore().accounts
        let rooms = if let room { [try await accounts.room(room)] } else { try await accounts.rooms() }
        let rows = rooms.flatMap { room in
            room.members.map { member in
                Outcome.Row(
                    userId: member.user.id, profileId: member.user.profileID, name: member.user.name,
                    roomId: room.id, roomName: room.reference.name, maxHeartRate: member.maximumHeartRate)
            }
        }
        try output.print(
            Outcome(members: rows),
            sentences: TextTable.lines(
                of: rows.map { row in
                    [row.name, row.roomName ?? row.roomId, row.maxHeartRate.map { "maximum \($0)" } ?? ""]
                }))
    }
}

extension RoomRecord.Member {
    fileprivate var maximumHeartRate: Int64? {
        guard case .object(let members) = config, case .integer(let maximum)? = members["max_heart_rate"] else {
            return nil
        }
        return maximum
    }
}

struct MemberRemoveCommand: HubCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a user from a room. The user, tokens and readings stay.")
    static let isRemoval = true

    private struct Outcome: Encodable {
        let userId: Int64
        let roomId: String
    }

    @Argument(help: "The user: a name, a number or a profile.")
    var user: String
    @Option(help: "The room: a name or an ID.")
    var room: String
    @OptionGroup var database: DatabaseOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let member = try await database.openStore().accounts.removeMember(user, fromRoom: room)
        try output.print(
            Outcome(userId: member.user.id, roomId: member.room.id),
            sentences: ["\(member.user.name) is no longer a member of room \(member.room.label)."])
    }
}
