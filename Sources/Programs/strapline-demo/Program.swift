import FoundationEssentials
import Subprocess
import SystemPackage

/// A program of the house, run as a user would.
struct Program {
    /// A program that is running: what it prints, and a way to end it.
    struct Running: Sendable {
        let firstLine: String
        let processID: Int32
        /// Ends it as systemd would, and returns when it has ended.
        let stop: @Sendable () async -> Void
        /// Ends it as a crash would.
        let kill: @Sendable () throws -> Void
        let send: @Sendable (Signal) throws -> Void
    }

    /// How long a program may take to end when it is asked to; what it promises is 5 s.
    private static let patience: Duration = .seconds(10)
    private static let outputLimitBytes = 1 << 20

    let path: FilePath
    let environment: Environment
    /// Where its log goes.
    let log: FilePath

    /// Runs a command to its end and returns what it printed.
    func output(of arguments: [String]) async throws -> String {
        let log = try openLog()
        let result = try await Subprocess.run(
            .path(path), arguments: Arguments(arguments), environment: environment,
            output: .string(limit: Self.outputLimitBytes),
            error: .fileDescriptor(log, closeAfterSpawningProcess: true))
        guard result.terminationStatus.isSuccess else { throw failure(arguments, result.terminationStatus) }
        return result.standardOutput
    }

    /// Runs `body` while the program serves; the program is stopped after, as systemd would, and must end well unless it
    /// `mayCrash`.
    ///
    /// With `waitsForLine` the body starts when the program has printed its first line.
    func serve<Result: Sendable>(
        _ arguments: [String], waitsForLine: Bool, mayCrash: Bool = false,
        body: @Sendable (Running) async throws -> Result
    ) async throws -> Result {
        let log = try openLog()
        var options = PlatformOptions()
        // A Ctrl-C at the terminal is for the demo, which ends the programs in their order.
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: Self.patience)]
        let outcome = try await Subprocess.run(
            .path(path), arguments: Arguments(arguments), environment: environment, platformOptions: options,
            input: .none, output: .sequence, error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            let stop: @Sendable () async -> Void = {
                await execution.teardown(using: [.gracefulShutDown(allowedDurationToNextStep: Self.patience)])
            }
            var firstLine = ""
            if waitsForLine {
                for try await line in execution.standardOutput.strings() {
                    firstLine = line
                    break
                }
            }
            let running = Running(
                firstLine: firstLine, processID: execution.processIdentifier.value, stop: stop,
                kill: { try execution.send(signal: .kill) },
                send: { try execution.send(signal: $0) })
            let result = try await body(running)
            await stop()
            return result
        }
        guard mayCrash || outcome.terminationStatus.isSuccess else {
            throw failure(arguments, outcome.terminationStatus)
        }
        return outcome.closureResult
    }

    private func openLog() throws -> FileDescriptor {
        try FileDescriptor.open(
            log, .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite])
    }

    private func failure(_ arguments: [String], _ status: TerminationStatus) -> DemoError {
        let lastWords = (try? String(contentsOfFile: log.string, encoding: .utf8))?.suffix(2_000) ?? ""
        return DemoError(
            "\(path.lastComponent?.string ?? "") \(arguments.first ?? "") ended with \(status):\n\(lastWords)")
    }
}
