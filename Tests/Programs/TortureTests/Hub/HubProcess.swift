import HubAPI
import HubStore
import ProcessHarness
import Subprocess
import SystemPackage
import TestKit

/// `strapline-hub serve` as a process, with its database in a folder of the test.
struct HubProcess: Sendable {
    /// The process while it listens.
    struct Running: Sendable {
        let port: Int
        fileprivate let program: ProgramRunner.Running

        var processID: Int32 { program.processID }

        /// Sends a signal; does nothing when the process has ended.
        func sendIfRunning(_ signal: Signal) { program.sendIfRunning(signal) }
    }

    private let directory = TemporaryDirectory()

    var database: String { directory.file("hub.sqlite") }

    /// Makes a user with a token that may write, and returns the token.
    func setUp() async throws -> String {
        let store = try HubStore(path: database)
        let setup = try await store.accounts.setUp(userNamed: "anna", room: "torture")
        try store.close()
        return setup.uploaderToken
    }

    /// Makes users and tokens with all scopes, and returns the tokens.
    func setUpTokens(users: Int, tokensPerUser: Int) async throws -> [String] {
        let store = try HubStore(path: database)
        var tokens: [String] = []
        for number in 0..<users {
            let user = try await store.accounts.addUser(named: "user-\(number)")
            for _ in 0..<tokensPerUser {
                tokens.append(
                    try await store.accounts.issueToken(forUser: String(user.id), scopes: HubScope.all).accessToken)
            }
        }
        try store.close()
        return tokens
    }

    /// Returns when the process and `body` have ended. A process that ends before it listens, ends without `body`.
    func whileRunning(
        _ environment: [Environment.Key: String?] = [:], options: [String] = [],
        _ body: @escaping @Sendable (Running) async throws -> Void
    ) async throws {
        let hub = ProgramRunner(
            path: FilePath(Torture.programs + "/strapline-hub"),
            environment: .inherit.updating(environment), log: FilePath(directory.file("hub.log")))
        // The tests write readings of years ago, and a hub deletes those once it trusts the clock.
        let fixed = ["--requests-per-second", "0", "--retention", "forever", "--database", database]
        let arguments = ["serve", "--port", "0"] + fixed + options
        _ = try await hub.start(arguments) { program in
            await program.untilFirstLine()
            if let port = program.firstLine.split(separator: ":").last.flatMap({ Int($0) }) {
                try await body(Running(port: port, program: program))
            }
            await program.untilEnded()
        }
    }
}
