import HubStore
import PulsoidAPI
import Testing

/// `strapline-hub client`, as its users run it.
@Suite(.timeLimit(.minutes(10)))
struct ClientCommandTests {
    private let program = HubProgram()

    @Test func client_isAddedListedAndRemoved() async throws {
        let made = try await program.run("client", "add", "Overlay", "--id", "overlay", "--secret")
        #expect(made.exitCode == 0)
        #expect(made.standardOutput.hasPrefix("client_id overlay\nclient_secret "))
        let listed = try await program.run("client", "list")
        #expect(listed.standardOutput.contains("overlay  Overlay (with a secret)\n"))
        #expect(listed.standardOutput.contains("\(Client.builtInID)  "))
        #expect(try await program.run("client", "remove", "overlay").exitCode == 0)
        #expect(try await program.run("client", "list").standardOutput.contains("Overlay") == false)
    }

    @Test func client_thatCannotBe_isToldWhy() async throws {
        let taken = try await program.run("client", "add", "Another", "--id", Client.builtInID)
        #expect(taken.exitCode == 64)
        #expect(taken.standardError.contains("already"))
        #expect(try await program.run("client", "add", "Overlay", "--id", "a b").exitCode == 64)
        #expect(try await program.run("client", "add", "").exitCode == 64)
        #expect(try await program.run("client", "remove", "nobody").exitCode == 64)
    }
}
