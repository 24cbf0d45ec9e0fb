import FoundationEssentials
import TestKit
import Testing

/// Commands that cannot be undone, with and without a terminal.
@Suite(.timeLimit(.minutes(10)))
struct ConfirmationTests {
    private let program = HubProgram()

    private func makeBen() async throws {
        _ = try await program.run("user", "add", "Ben")
        let token = try await program.value(
            "access_token", "token", "issue", "--user", "Ben", "--scope", "data:heart_rate:write")
        _ = try await program.serve { serving in
            for second in 0..<3 {
                try await RawConnection.open(port: serving.port) { connection in
                    let body = #"{"measured_at":\#(1_700_000_000_000 + second),"data":{"heart_rate":70}}"#
                    try await connection.send(
                        "POST /api/v1/data HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n"
                            + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
                    #expect(try await connection.readAnswer().status == 200)
                }
            }
        }
    }

    /// Runs a command at a terminal at which a user types.
    private func typing(_ text: String, _ command: String) async throws -> HubProgram.Output {
        try await program.shell(
            "printf '\(text)\\n' | script -qec \"strapline-hub \(command) --database '$1'\" /dev/null")
    }

    private func users() async throws -> Int {
        try await program.run("user", "list").standardOutput.split(separator: "\n").count
    }

    @Test func userRemove_withoutATerminal_needsYes_andSaysWhatIsLost() async throws {
        try await makeBen()
        let refused = try await program.run("user", "remove", "Ben")
        #expect(refused.exitCode == 64)
        #expect(refused.standardError.contains("Ben and 3 readings"))
        #expect(refused.standardError.contains("--yes"))
        #expect(try await users() == 1)
        #expect(try await program.run("user", "remove", "Ben", "--yes").exitCode == 0)
        #expect(try await users() == 0)
    }

    @Test func userRemove_atATerminal_asksForTheName() async throws {
        try await makeBen()
        let refused = try await typing("y", "user remove Ben")
        #expect(refused.standardOutput.contains("Delete Ben and 3 readings?"))
        #expect(refused.standardOutput.contains("Nothing was deleted."))
        #expect(try await users() == 1)
        #expect(try await typing("Ben", "user remove Ben").standardOutput.contains("Removed Ben"))
        #expect(try await users() == 0)
    }

    @Test func roomDelete_asksWithTheCountOfMembers() async throws {
        _ = try await program.run("room", "create", "Gym")
        _ = try await program.run("member", "add", "Ben", "--room", "Gym")
        let refused = try await program.run("room", "delete", "Gym")
        #expect(refused.exitCode == 64)
        #expect(refused.standardError.contains("room Gym with 1 member"))
        #expect(try await typing("Gym", "room delete gym").standardOutput.contains("Deleted room Gym"))
    }

    @Test func tokenRemove_ofAllTokensOfAUser_needsYes_andOfOneNot() async throws {
        try await makeBen()
        let refused = try await program.run("token", "remove", "--user", "Ben")
        #expect(refused.exitCode == 64)
        #expect(refused.standardError.contains("1 token"))
        let id = try await program.run("token", "list").standardOutput.prefix(16)
        let asked = try await typing("n", "token remove \(id)")
        #expect(asked.standardOutput.contains("Revoke Ben's token \(id)"))
        #expect(try await program.run("token", "remove", String(id)).exitCode == 0)
        #expect(try await program.run("token", "remove", "--user", "Ben", "--yes").exitCode == 0)
        #expect(try await program.run("token", "remove").exitCode == 64)
    }
}
