import Subprocess
import SystemPackage

extension ProgramRunner {
    /// Runs a command as a program has printed it, in a shell that finds the programs under test.
    package func runPrinted(_ command: some StringProtocol, input: String = "") async throws -> Ended {
        let shell = ProgramRunner(
            path: "/bin/sh", environment: environment.updating(["PATH": "\(Self.programs):/usr/bin:/bin"]), log: log)
        return try await shell.run(["-c", String(command)], input: input)
    }

    /// Ctrl-C as an answer; it needs no line end.
    package static let interrupt = "\u{3}"

    /// Runs a command at a terminal, and types each answer once, when its question is shown. ``Ended/output`` is
    /// everything that the terminal shows.
    package func converse(
        _ arguments: [String], _ answers: [String: String] = [:], terminal: String = "xterm-256color"
    ) async throws -> Ended {
        // util-linux's script gives the program a terminal and passes on the input.
        let command = ([path.string] + arguments).map { "'\($0)'" }.joined(separator: " ")
        let shown = try await Subprocess.run(
            .name("script"), arguments: ["--quiet", "--return", "--flush", "--command", command, "/dev/null"],
            environment: environment.updating(["TERM": terminal, "NO_COLOR": ""]), input: .inputWriter,
            output: .sequence, error: .discarded
        ) { execution in
            var shown = ""
            var answers = answers
            for try await bytes in execution.standardOutput {
                shown += bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
                for (question, answer) in answers where shown.contains(question) {
                    answers[question] = nil
                    let typed = answer == Self.interrupt ? answer : answer + "\n"
                    _ = try await execution.standardInputWriter.write(Array(typed.utf8))
                }
            }
            return shown
        }
        return Ended(output: shown.closureResult, error: "", status: shown.terminationStatus)
    }
}
