import FoundationEssentials
package import Subprocess
package import SystemPackage
package import TestKit

/// Runs one of the package's programs as a user would.
package struct ProgramRunner: Sendable {
    /// A program that has ended.
    package struct Ended: Sendable {
        package let output: String
        package let error: String
        package let status: TerminationStatus

        package var lines: [String] { output.split(separator: "\n").map(String.init) }
    }

    /// A program that runs.
    package struct Running: Sendable {
        package let processID: Int32
        /// What it has printed until now, without line ends.
        package let lines: Recorder<String>
        /// Ends it as systemd does, and returns when it has ended.
        package let stop: @Sendable () async -> Void
        package let send: @Sendable (Signal) throws -> Void
        fileprivate let hasEnded: Watched<Bool>

        /// The first line that it has printed; empty before.
        package var firstLine: String { lines.all.first ?? "" }

        /// Ends it as a crash does.
        package func kill() throws { try send(.kill) }

        /// Sends a signal; does nothing when the program has ended.
        package func sendIfRunning(_ signal: Signal) { try? send(signal) }

        /// Presses Ctrl-C unless the program has ended, and returns when it has printed everything.
        package func interrupt() async throws {
            if !hasEnded.value { try send(.interrupt) }
            await untilEnded()
        }

        /// Returns when the program has ended and everything that it printed is in ``lines``.
        package func untilEnded() async { await hasEnded.until { $0 } }

        /// Returns when the program has printed a line, or has ended.
        package func untilFirstLine() async {
            let (lines, hasEnded) = (lines, hasEnded)
            await withTaskGroup { group in
                group.addTask { await lines.until { !$0.isEmpty } }
                group.addTask { await hasEnded.until { $0 } }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// Ends a program that hangs. The programs promise to end within 5 s of a signal, on a machine with time for them.
    private static let stopLimit: Duration = .seconds(60)
    private static let outputLimitBytes = 1 << 22
    /// How much of the log an error shows.
    private static let shownLogCharacters = 2_000

    package let path: FilePath
    package var environment: Environment
    /// The file that standard error is appended to while the program serves.
    package let log: FilePath

    package init(path: FilePath, environment: Environment, log: FilePath) {
        self.path = path
        self.environment = environment
        self.log = log
    }

    /// `strapline` as it was built, with its log in `directory`.
    package static func strapline(
        in directory: TemporaryDirectory, environment: Environment = .inherit
    ) -> ProgramRunner {
        ProgramRunner(
            path: programs.appending("strapline"), environment: environment,
            log: FilePath(directory.file("strapline.log")))
    }

    /// The folder of the programs under test: `STRAPLINE_PROGRAMS` (the optimised ones of `make test-release`), or the
    /// ones that were built with the tests.
    package static let programs: FilePath =
        ProcessInfo.processInfo.environment["STRAPLINE_PROGRAMS"].map { FilePath($0) } ?? builtPrograms

    /// The folder that the package builds the tests and their helper programs into.
    package static let builtPrograms: FilePath = {
        let tests = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return FilePath(tests).removingLastComponent()
    }()

    /// The text of the log.
    package var logText: String { (try? String(contentsOfFile: log.string, encoding: .utf8)) ?? "" }

    /// Runs a command to its end.
    package func run(_ arguments: [String], input: String = "") async throws -> Ended {
        let result = try await Subprocess.run(
            .path(path), arguments: Arguments(arguments), environment: environment, input: .string(input),
            output: .string(limit: Self.outputLimitBytes), error: .string(limit: Self.outputLimitBytes))
        return Ended(output: result.standardOutput, error: result.standardError, status: result.terminationStatus)
    }

    /// Runs a command that must succeed, and returns what it printed.
    package func output(of arguments: [String]) async throws -> String {
        let ended = try await run(arguments)
        guard ended.status.isSuccess else { throw failure(arguments, ended.status, ended.error) }
        return ended.output
    }

    /// Runs a command while `body` runs, and then presses Ctrl-C unless it has ended.
    package func run(
        _ arguments: [String], while body: @escaping @Sendable (Running) async throws -> Void
    ) async throws -> Ended {
        let earlier = logText.utf8.count
        let (lines, status) = try await start(arguments) { running in
            try await body(running)
            try await running.interrupt()
            return running.lines.all
        }
        return Ended(
            output: lines.joined(separator: "\n"),
            error: String(decoding: logText.utf8.dropFirst(earlier), as: UTF8.self),
            status: status)
    }

    /// Runs `body` while the program serves, then stops the program as systemd does.
    ///
    /// The program must end well unless it `mayCrash`. With `waitsForLine`, `body` starts when the program has printed
    /// its first line.
    package func serve<Result: Sendable>(
        _ arguments: [String], waitsForLine: Bool, mayCrash: Bool = false,
        body: @Sendable (Running) async throws -> Result
    ) async throws -> Result {
        let (result, status) = try await start(arguments) { running in
            if waitsForLine { await running.untilFirstLine() }
            let result = try await body(running)
            await running.stop()
            return result
        }
        guard mayCrash || status.isSuccess else { throw failure(arguments, status, logText) }
        return result
    }

    /// Starts the program, and returns when both it and `body` have ended; `body` ends the program.
    package func start<Result: Sendable>(
        _ arguments: [String], body: @Sendable (Running) async throws -> Result
    ) async throws -> (Result, TerminationStatus) {
        let log = try FileDescriptor.open(
            log, .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite])
        var options = PlatformOptions()
        // A Ctrl-C at the terminal reaches only the starting program, which ends the others in order.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.stopLimit)]
        let lines = Recorder<String>()
        let hasEnded = Watched(false)
        let outcome = try await Subprocess.run(
            .path(path), arguments: Arguments(arguments), environment: environment, platformOptions: options,
            input: .none, output: .sequence, error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            let running = Running(
                processID: execution.processIdentifier.value, lines: lines,
                stop: {
                    await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: Self.stopLimit)])
                },
                send: { try execution.send(signal: $0) }, hasEnded: hasEnded)
            return try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await line in execution.standardOutput.strings() {
                        lines.append(line.filter { !$0.isNewline })
                    }
                    hasEnded.change { $0 = true }
                }
                do {
                    let result = try await body(running)
                    try await group.waitForAll()
                    return result
                } catch {
                    // The reader ends when the program has ended.
                    running.sendIfRunning(.kill)
                    throw error
                }
            }
        }
        return (outcome.closureResult, outcome.terminationStatus)
    }

    private func failure(_ arguments: [String], _ status: TerminationStatus, _ log: String) -> HarnessError {
        HarnessError(
            "\(path.lastComponent?.string ?? "") \(arguments.first ?? "") ended with \(status):\n"
                + log.suffix(Self.shownLogCharacters))
    }
}

/// Why programs could not be run as asked.
package struct HarnessError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
