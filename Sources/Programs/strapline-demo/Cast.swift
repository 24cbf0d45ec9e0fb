import FoundationEssentials
import SystemPackage

/// The demo's people and their room, made with the hub's own commands as a user would make them.
struct Cast: Sendable {
    let performers: [Performer]
    let roomID: String
    /// The file with the token that the room is watched with.
    let roomTokenFile: String

    /// The people's names by their profiles.
    var names: [String: String] {
        Dictionary(uniqueKeysWithValues: performers.map { ($0.profileID, $0.name) })
    }

    private static let straps = ["anna": "C4:11:22:33:44:55", "ben": "C4:11:22:33:44:66"]

    private struct UserOutcome: Decodable {
        let user_id: Int64
        let profile_id: String
    }

    private struct TokenOutcome: Decodable {
        let access_token: String
    }

    private struct RoomOutcome: Decodable {
        let room_id: String
    }

    static func gather(with hub: Program, database: FilePath, folder: FilePath) async throws -> Cast {
        func command<Outcome: Decodable>(_ words: String...) async throws -> Outcome {
            let output = try await hub.output(of: words + ["--database", database.string, "--json"])
            return try JSONDecoder().decode(Outcome.self, from: Data(output.utf8))
        }
        func keepToken(_ outcome: TokenOutcome, as name: String) throws -> String {
            try PrivateFile.write(outcome.access_token, to: folder.appending("\(name).token"))
        }

        let room: RoomOutcome = try await command("room", "create")
        var performers: [Performer] = []
        for (name, strapAddress) in straps.sorted(by: { $0.key < $1.key }) {
            let user: UserOutcome = try await command("user", "add", name)
            let _: RoomMember = try await command("room", "add", room.room_id, name)
            let token: TokenOutcome = try await command(
                "token", "issue", "--user", name, "--scope", "data:heart_rate:write,cardiogram:beats:write")
            performers.append(
                Performer(
                    name: name, strapAddress: strapAddress, userID: user.user_id, profileID: user.profile_id,
                    tokenFile: try keepToken(token, as: name)))
        }
        let watch: TokenOutcome = try await command(
            "token", "issue", "--user", performers[0].name, "--scope", "data:room:read")
        return Cast(
            performers: performers, roomID: room.room_id, roomTokenFile: try keepToken(watch, as: "room"))
    }

    private struct RoomMember: Decodable {}
}
