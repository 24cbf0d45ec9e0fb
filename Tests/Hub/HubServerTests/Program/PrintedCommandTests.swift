import AsyncHTTPClient
import FoundationEssentials
import Glibc
import NIOCore
import NIOHTTP1
import PulsoidAPI
import TestKit
import Testing

/// Every command that the program prints runs as it is printed, from another folder.
@Suite(.timeLimit(.minutes(10)))
struct PrintedCommandTests {
    private let program = HubProgram(database: "my hub's folder/hub $1.sqlite")

    private static func status(of token: String, _ baseURL: String) async throws -> Int {
        var request = HTTPClientRequest(url: baseURL + PulsoidPath.validateToken)
        request.headers.add(name: "Authorization", value: "Bearer \(token)")
        return Int(try await HTTPClient.shared.execute(request, timeout: .minutes(1)).status.code)
    }

    private static func freePort() -> Int { DeafPort.portForAnotherProgram() }

    /// The token of the page's link.
    private static func readerToken(_ text: String) throws -> String {
        let start = try #require(text.firstRange(of: "/#access_token="))
        return String(text[start.upperBound...].prefix { !$0.isWhitespace })
    }

    @Test func newHub_asItsCommandIsPrinted_answersAtTheAddressWithTheTokens() async throws {
        let address = "http://127.0.0.1:\(Self.freePort())"
        let made = try await program.run("init", "--user", "Anna", "--address", address)
        let commands = HubProgram.printedCommands(in: made.standardOutput)
        #expect(commands.count == 1)
        let token = try Self.readerToken(made.standardOutput)
        let running = program
        try await program.servePrinted(try #require(commands.first)) { serving in
            #expect(serving.baseURL == address)
            #expect(try await Self.status(of: token, address) == 200)
            // A second user, while the hub runs. The command gives the hub three seconds to take the change, which may
            // be too few on a busy machine.
            var count = 0
            let again = try await pollForValue { () async throws -> HubProgram.Output? in
                count += 1
                let made = try await running.run("init", "--user", "Ben \(count)", "--again", "--address", address)
                return made.standardOutput.contains("Your hub is running") ? made : nil
            }
            #expect(HubProgram.printedCommands(in: again.standardOutput).isEmpty)
            let second = try Self.readerToken(again.standardOutput)
            #expect(try await Self.status(of: second, address) == 200)
        }
    }

    @Test func newHub_whereAnotherHubHasThePort_isNotCalledRunning() async throws {
        let other = HubProgram()
        let running = program
        _ = try await other.serve { serving in
            let made = try await running.run("init", "--user", "Anna", "--address", serving.baseURL)
            #expect(!made.standardOutput.contains("Your hub is running"))
            #expect(made.standardOutput.contains("Another program listens at port \(serving.port)"))
        }
    }

    @Test func nextSteps_ofUsersRoomsAndMembers_run() async throws {
        for command in [
            ["user", "add", "Anna"], ["room", "create", "Gym"], ["room", "create", "--name", "O'Neill's $HOME room"],
            ["member", "add", "Ben", "--room", "gym"], ["member", "add", "Ben", "--room", "Gym"],
        ] {
            let output = try await program.run(command)
            #expect(output.exitCode == 0, "\(output.standardError)")
            try await runAll(HubProgram.printedCommands(in: output.standardOutput))
        }
        let rooms = try await program.run("room", "list").standardOutput
        #expect(rooms.contains("  O'Neill's $HOME room  "))
    }

    @Test(arguments: [
        ["room", "add", "Gym", "Anna"], ["token", "issue", "--user", "Zoe Smith", "--scope", "profile:read"],
        ["token", "remove", "0123456789abcdef"], ["token", "list", "--user", "99"], ["client", "remove", "app"],
        ["admin-token", "remove", "7"], ["member", "add", "Anna", "--room", "Gym"], ["member", "add", "Anna"],
        ["room", "configure", "Pool", "{}"], ["user", "remove", "Zoe"], ["user", "remove", "Ben"],
        ["room", "delete", "Hall"], ["token", "remove", "--user", "Ben"],
    ])
    func advice_inAnError_runs(command: [String]) async throws {
        #expect(try await program.run("user", "add", "Ben").exitCode == 0)
        #expect(try await program.run("room", "create", "Hall").exitCode == 0)
        #expect(try await program.run("room", "create", "Hall 2").exitCode == 0)
        let failed = try await program.run(command)
        guard failed.exitCode != 0 else {
            Issue.record("\(command) succeeded")
            return
        }
        let commands = HubProgram.printedCommands(in: failed.standardError.replacing("strapline-hub: ", with: ""))
        if command != ["member", "add", "Anna"] { #expect(commands.count == 1, "\(failed.standardError)") }
        try await runAll(commands)
    }

    private func runAll(_ commands: [String]) async throws {
        for command in commands {
            let output = try await program.shell("cd / && \(command)")
            #expect(output.exitCode == 0, "\(command): \(output.standardError)")
        }
    }
}
