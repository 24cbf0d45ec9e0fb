package import ArgumentParser
import Glibc

extension ParsableCommand {
    /// Ends the program with an error, or with a request for help, the version or completions.
    ///
    /// In contrast to `exit(withError:)`, it notices that the help cannot be printed, it suggests a command, an
    /// option or a value for a misspelt one, and it cleans foreign text in an error.
    package static func end(with error: any Error) -> Never {
        let unknown: (any CommandFailure)? = UnknownCommand(in: Array(CommandLine.arguments.dropFirst()), of: self)
        if let failure = unknown ?? error as? any CommandFailure {
            let message = failure.startsWithProgram ? "\(programName): \(failure.message)" : failure.description
            StandardStream.error.print([message])
            Glibc.exit(failure.exitCode.rawValue)
        }
        if let message = runMessage(for: error) {
            StandardStream.error.print([message])
            Glibc.exit(ExitCode.validationFailure.rawValue)
        }
        let code = exitCode(for: error)
        var text = fullMessage(for: error)
        if code == .validationFailure,
            let option = UnknownOption(in: Array(CommandLine.arguments.dropFirst()), of: self)
        {
            text = option.message(insteadOf: text)
        }
        if code == .validationFailure { text = UnknownValue.message(text) }
        if code == .success {
            // The program's own text, and scripts for shells, which may hold tabs.
            if !text.isEmpty { StandardStream.output.write(text + "\n") }
            StandardStream.close()
        } else if !text.isEmpty {
            StandardStream.error.print([text], hanging: 0)
        }
        Glibc.exit(code.rawValue)
    }

    /// The message of a mistake of use that a running command found; nil for another error. ArgumentParser does not
    /// know the command then, and would add the usage of the whole program.
    package static func runMessage(for error: any Error) -> String? {
        (error as? ValidationError).map { "\(programName): \($0.message)" }
    }

    private static var programName: String { configuration.commandName ?? "\(self)" }
}
