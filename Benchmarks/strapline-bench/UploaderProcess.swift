import Subprocess

/// Runs `strapline run`, or another program that takes its place, for as long as it is measured.
struct UploaderProcess: Sendable {
    /// The limit for the end of the program after its signal.
    private static let stopLimit: Duration = .seconds(5)

    var commandLine: [String]
    var environment: [String: String]

    /// Starts it, runs `body`, stops it, and throws where it did not end well.
    func running<Result: Sendable>(
        _ body: @escaping @Sendable (ProcessMeter) async throws -> Result
    ) async throws -> Result {
        let outcome = try await Subprocess.run(
            // `env` becomes the program: its process is the program's.
            .name("env"), arguments: Arguments(["--"] + commandLine),
            environment: .inherit.updating(
                Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0), $1) })),
            input: .none, output: .currentStandardError, error: .currentStandardError
        ) { execution in
            let result = try await body(ProcessMeter(processID: execution.processIdentifier.value))
            await execution.teardown(
                using: [.send(signal: .terminate, allowedDurationToNextStep: Self.stopLimit)])
            return result
        }
        guard case .exited(0) = outcome.terminationStatus else {
            throw BenchError("\(commandLine[0]) was stopped and ended with \(outcome.terminationStatus)")
        }
        return outcome.closureResult
    }
}
