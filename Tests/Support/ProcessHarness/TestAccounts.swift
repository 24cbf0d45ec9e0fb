import FoundationEssentials
package import SystemPackage

/// A user of the hub who wears a strap.
package struct TestUser: Sendable {
    package let name: String
    package let strapAddress: String
    package let userID: Int64
    package let profileID: String
    /// The file with the token that the uploader uses.
    package let tokenFile: String
}

/// Two users and their room, made with the hub's own commands.
package struct TestAccounts: Sendable {
    package let users: [TestUser]
    package let roomID: String
    /// The file with a token that may read the room.
    package let roomTokenFile: String

    /// The users' names by their profiles.
    package var names: [String: String] {
        Dictionary(uniqueKeysWithValues: users.map { ($0.profileID, $0.name) })
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

    private struct RoomMember: Decodable {}

    package static func make(
        with hub: ProgramRunner, database: FilePath, folder: FilePath
    ) async throws -> TestAccounts {
        func command<Outcome: Decodable>(_ words: String...) async throws -> Outcome {
            let output = try await hub.output(of: words + ["--database", database.string, "--json"])
            return try JSONDecoder().decode(Outcome.self, from: Data(output.utf8))
        }
        func keepToken(_ outcome: TokenOutcome, as name: String) throws -> String {
            try PrivateFile.write(outcome.access_token, to: folder.appending("\(name).token"))
        }

        let room: RoomOutcome = try await command("room", "create")
        var users: [TestUser] = []
        for (name, strapAddress) in straps.sorted(by: { $0.key < $1.key }) {
            let user: UserOutcome = try await command("user", "add", name)
            let _: RoomMember = try await command("room", "add", room.room_id, name)
            let token: TokenOutcome = try await command(
                "token", "issue", "--user", name, "--scope", "data:heart_rate:write,cardiogram:beats:write")
            users.append(
                TestUser(
                    name: name, strapAddress: strapAddress, userID: user.user_id, profileID: user.profile_id,
                    tokenFile: try keepToken(token, as: name)))
        }
        let watch: TokenOutcome = try await command(
            "token", "issue", "--user", users[0].name, "--scope", "data:room:read")
        return TestAccounts(users: users, roomID: room.room_id, roomTokenFile: try keepToken(watch, as: "room"))
    }
}

/// A file that only this user may read.
package enum PrivateFile {
    /// Writes the text and returns the file's path.
    @discardableResult
    package static func write(_ text: String, to path: FilePath) throws -> String {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
        return path.string
    }
}
