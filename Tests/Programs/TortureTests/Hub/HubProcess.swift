import HubAPI
import HubStore
import Subprocess
import SystemPackage
import TestKit

/// `strapline-hub serve` as a process of its own, with its database in a folder of the test's.
struct HubProcess: Sendable {
    /// What a test does with it while it listens.
    struct Running: Sendable {
        let port: Int
        let processID: Int32
        /// Does nothing once the process has ended by itself.
        let kill: @Sendable (Signal) -> Void
    }

    private let directory = TemporaryDirectory()

    var database: String { directory.file("hub.sqlite") }

    /// Makes a user who may write, and returns their token.
    func setUp() async throws -> String {
        let store = try HubStore(path: database)
        let setup = try await store.setUp(userNamed: "anna", room: "torture")
        try store.close()
        return setup.uploaderToken
    }

    /// Makes users with tokens that are good for everything, and returns the tokens.
    func setUpTokens(users: Int, tokensPerUser: Int) async throws -> [String] {
        let store = try HubStore(path: database)
        var tokens: [String] = []
        for number in 0..<users {
            let user = try await store.addUser(named: "user-\(number)")
            for _ in 0..<tokensPerUser {
                tokens.append(try await store.issueToken(forUser: String(user.id), scopes: HubScope.all).accessToken)
            }
        }
        try store.close()
        return tokens
    }

    /// Returns when the process has ended, by whatever hand, and `body` has. A process that ends before it listens, ends
    /// without `body`.
    func whileRunning(
        _ environment: [Environment.Key: String?] = [:], options: [String] = [],
        _ body: @escaping @Sendable (Running) async throws -> Void
    ) async throws {
        _ = try await run(
            .path(FilePath(Torture.hub)),
            arguments: Arguments(
                ["serve", "--port", "0", "--requests-per-second", "0", "--database", database] + options),
            environment: .inherit.updating(environment), input: .none, output: .sequence, error: .discarded
        ) { execution in
            let processID = execution.processIdentifier.value
            let kill = { @Sendable (signal: Signal) in _ = try? execution.send(signal: signal) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for try await line in execution.standardOutput.strings() {
                    let port = line.filter { !$0.isNewline }.split(separator: ":").last.flatMap { Int($0) }
                    guard let port else { continue }
                    group.addTask { try await body(Running(port: port, processID: processID, kill: kill)) }
                }
                try await group.waitForAll()
            }
        }
    }
}
