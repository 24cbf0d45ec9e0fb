package import ArgumentParser
import Glibc

extension ParsableCommand {
    /// Ends the program with an error, or with a request for help, the version or completions.
    ///
    /// In contrast to `exit(withError:)`, it notices that the help cannot be printed, it suggests a command for a
    /// misspelt one, and it cleans foreign text in an error.
    package static func end(with error: any Error) -> Never {
        let unknown: (any CommandFailure)? = UnknownCommand(in: Array(CommandLine.arguments.dropFirst()), of: self)
        if let failure = unknown ?? error as? any CommandFailure {
            let program = configuration.commandName ?? "\(self)"
            let message = failure.startsWithProgram ? "\(program): \(failure.message)" : failure.description
            StandardStream.error.print([message])
            Glibc.exit(failure.exitCode.rawValue)
        }
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if code == .success {
            // The program's own text, and scripts for shells, which may hold tabs.
            if !text.isEmpty { StandardStream.output.write(text + "\n") }
            StandardStream.close()
        } else if !text.isEmpty {
            StandardStream.error.print([text], hanging: 0)
        }
        Glibc.exit(code.rawValue)
    }
}
