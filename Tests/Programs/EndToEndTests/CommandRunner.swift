import FoundationEssentials
import Subprocess
import SystemPackage
import TestKit

@testable import strapline
@testable import strapline_demo

/// Runs commands of `strapline` as a user would.
struct CommandRunner: Sendable {
    struct Ended: Sendable {
        let output: String
        let error: String
        let status: TerminationStatus

        var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// A command that runs.
    struct Running: Sendable {
        /// What it has printed by now.
        let lines: Recorder<String>
        /// Presses Ctrl-C, and returns when it has printed all.
        let end: @Sendable () async throws -> Void
    }

    var directory = TemporaryDirectory()
    var environment = Environment.inherit

    private var path: FilePath { House.programs.appending("strapline") }

    /// Runs a command to its end.
    func run(_ arguments: [String]) async throws -> Ended {
        let result = try await Subprocess.run(
            .path(path), arguments: Arguments(arguments), environment: environment, input: .none,
            output: .string(limit: 1 << 22), error: .string(limit: 1 << 16))
        return Ended(
            output: result.standardOutput, error: result.standardError, status: result.terminationStatus)
    }

    /// Runs a command while `body` runs, and ends it with Ctrl-C unless `body` has.
    func run(
        _ arguments: [String], while body: @escaping @Sendable (Running) async throws -> Void
    ) async throws -> Ended {
        let errors = directory.file("command.log")
        let log = try FileDescriptor.open(
            FilePath(errors), .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
        let lines = Recorder<String>()
        let hasEnded = Watched(false)
        let outcome = try await Subprocess.run(
            .path(path), arguments: Arguments(arguments), environment: environment, input: .none,
            output: .sequence, error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await line in execution.standardOutput.strings() {
                        lines.append(line.filter { !$0.isNewline })
                    }
                    hasEnded.change { $0 = true }
                }
                let end: @Sendable () async throws -> Void = {
                    if !hasEnded.value { try execution.send(signal: .interrupt) }
                    await hasEnded.until { $0 }
                }
                try await body(Running(lines: lines, end: end))
                try await end()
                try await group.waitForAll()
            }
        }
        let error = (try? String(contentsOfFile: errors, encoding: .utf8)) ?? ""
        return Ended(
            output: lines.all.joined(separator: "\n"), error: error, status: outcome.terminationStatus)
    }
}

extension House {
    var commands: CommandRunner { CommandRunner(directory: directory, environment: uploader.environment) }

    /// A token of a user of the hub's, in a file.
    func token(of user: String, scope: String) async throws -> String {
        struct Issued: Decodable {
            let access_token: String
        }
        let output = try await hub.output(of: [
            "token", "issue", "--user", user, "--scope", scope, "--database", database.string, "--json",
        ])
        let issued = try JSONDecoder().decode(Issued.self, from: Data(output.utf8))
        return try PrivateFile.write(
            issued.access_token, to: FilePath(directory.file("\(user)-\(scope.filter(\.isLetter)).token")))
    }

    /// Returns when every reading that the outbox has is delivered to the hub.
    func untilAllDelivered() async throws {
        _ = try await status { report in
            report.outbox.received == Int64(sent.count)
                && report.destinations.allSatisfy { $0.destination != "pulsoid" || $0.waiting == 0 }
        }
    }
}
