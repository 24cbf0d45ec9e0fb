import Testing

@Suite(.timeLimit(.minutes(10)))
struct AdminTokenCommandTests {
    private let program = HubProgram()

    @Test func adminToken_isIssuedOnce_listedWithoutItsSecret_andRemoved() async throws {
        let issued = try await program.run("admin-token", "--name", "grafana", "--expires-in", "30d")
        #expect(issued.exitCode == 0)
        let secret = String(issued.standardOutput.prefix { !$0.isNewline })
        #expect(secret.hasPrefix("strapline-admin-"))
        let list = try await program.run("admin-token", "list")
        #expect(list.standardOutput.hasPrefix("1  grafana  until 20"))
        #expect(!list.standardOutput.contains(secret))
        #expect(try await program.run("admin-token", "remove", "1").exitCode == 0)
        let again = try await program.run("admin-token", "remove", "1")
        #expect(again.exitCode == 64)
        #expect(again.standardError.contains("number 1"))
        #expect(try await program.value("admin_token", "admin-token", "issue").hasPrefix("strapline-admin-"))
    }
}
