import FoundationEssentials
import Subprocess
import SystemPackage
import TestKit

/// The program `strapline-hub` as users run it, over a database of its own.
struct HubProgram {
    struct Output {
        let exitCode: Int32?
        let standardOutput: String
        let standardError: String
    }

    /// A program that serves.
    struct Serving {
        let baseURL: String
        let port: Int
        let processID: Int32
        let send: @Sendable (Signal) throws -> Void
    }

    struct NotReady: Error {}

    let directory = TemporaryDirectory()

    private let databaseName: String

    init(database: String = "hub.sqlite") {
        databaseName = database
    }

    var database: String { directory.file(databaseName) }

    /// What it has said while it served.
    var log: String { directory.file("hub.log") }

    private static let executable = Executable.name("strapline-hub")
    /// The package builds the program beside the tests.
    private static let folder: String = {
        let tests = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return String(tests.prefix(upTo: tests.lastIndex(of: "/") ?? tests.startIndex))
    }()
    private static let environment = Environment.inherit.updating(["PATH": folder])
    private static let environmentWithSystem = Environment.inherit.updating([
        "PATH": folder + ":/usr/sbin:/usr/bin:/sbin:/bin"
    ])

    /// Runs a command to its end.
    func run(_ arguments: String...) async throws -> Output { try await run(arguments) }

    func run(_ arguments: [String]) async throws -> Output {
        let result = try await Subprocess.run(
            Self.executable, arguments: Arguments(arguments + ["--database", database]),
            environment: Self.environment, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard case .exited(let code) = result.terminationStatus else {
            return Output(exitCode: nil, standardOutput: result.standardOutput, standardError: result.standardError)
        }
        return Output(exitCode: code, standardOutput: result.standardOutput, standardError: result.standardError)
    }

    /// Runs a script of the shell that finds the program as `strapline-hub` and the database as `$1`.
    func shell(_ script: String) async throws -> Output {
        let result = try await Subprocess.run(
            .name("sh"), arguments: ["-c", script, "sh", database], environment: Self.environmentWithSystem,
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard case .exited(let code) = result.terminationStatus else {
            return Output(exitCode: nil, standardOutput: result.standardOutput, standardError: result.standardError)
        }
        return Output(exitCode: code, standardOutput: result.standardOutput, standardError: result.standardError)
    }

    /// Runs a command whose outcome is JSON, and returns one of its values.
    func value(_ key: String, _ arguments: String...) async throws -> String {
        let result = try await Subprocess.run(
            Self.executable, arguments: Arguments(arguments + ["--json", "--database", database]),
            environment: Self.environment, output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        let object = try JSONDecoder().decode(
            [String: AnyValue].self, from: Data(result.standardOutput.utf8))
        return object[key]?.text ?? ""
    }

    /// Serves on a free port while `body` runs, then ends the program with a signal and waits for that.
    ///
    /// - Returns: what `body` returned, and how the program ended.
    func serve<Value: Sendable>(
        _ options: String..., ending signal: Signal = .kill,
        _ body: @escaping @Sendable (Serving) async throws -> Value
    ) async throws -> (Value, TerminationStatus) {
        let log = try FileDescriptor.open(
            FilePath(log), .writeOnly, options: [.create, .append], permissions: .ownerReadWrite)
        let result = try await Subprocess.run(
            Self.executable, arguments: Arguments(["serve", "--port", "0", "--database", database] + options),
            environment: Self.environment, input: .none, output: .sequence,
            error: .fileDescriptor(log, closeAfterSpawningProcess: true)
        ) { execution in
            do {
                let value = try await body(
                    try await Self.serving(
                        execution.standardOutput, processID: execution.processIdentifier.value, execution.send))
                try execution.send(signal: signal)
                return value
            } catch {
                try execution.send(signal: .kill)
                throw error
            }
        }
        return (result.closureResult, result.terminationStatus)
    }

    /// Runs a printed command that serves, in a shell in another folder, until `body` has returned.
    func servePrinted<Value: Sendable>(
        _ command: String, _ body: @escaping @Sendable (Serving) async throws -> Value
    ) async throws -> Value {
        let result = try await Subprocess.run(
            .name("sh"), arguments: ["-c", "exec \(command)"], environment: Self.environmentWithSystem,
            workingDirectory: "/", input: .none, output: .sequence, error: .discarded
        ) { execution in
            do {
                let value = try await body(
                    try await Self.serving(
                        execution.standardOutput, processID: execution.processIdentifier.value, execution.send))
                try execution.send(signal: .terminate)
                return value
            } catch {
                try execution.send(signal: .kill)
                throw error
            }
        }
        return result.closureResult
    }

    /// The commands of this program in a text, from its name to the end of the line.
    static func printedCommands(in text: String) -> [String] {
        text.split(separator: "\n").compactMap { line in
            line.firstRange(of: "strapline-hub ").map { String(line[$0.lowerBound...]) }
        }
    }

    private static func serving(
        _ output: SubprocessOutputSequence, processID: Int32, _ send: @escaping @Sendable (Signal, Bool) throws -> Void
    ) async throws -> Serving {
        for try await line in output.strings() {
            let baseURL = line.filter { !$0.isNewline }
            guard let port = baseURL.split(separator: ":").last.flatMap({ Int($0) }) else { break }
            return Serving(baseURL: baseURL, port: port, processID: processID, send: { try send($0, false) })
        }
        throw NotReady()
    }

    /// A string, or anything else as JSON.
    private struct AnyValue: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int64.self) {
                text = String(number)
            } else {
                text = (try? container.decode(String.self)) ?? ""
            }
        }
    }
}
