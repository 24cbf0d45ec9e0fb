package import ArgumentParser
import Glibc

extension ParsableCommand {
    /// Ends the program with an error, or with a request for help, the version or completions.
    ///
    /// In contrast to `exit(withError:)`, it notices that the help cannot be printed, and it cleans foreign text in an
    /// error.
    package static func end(with error: any Error) -> Never {
        if let failure = error as? any CommandFailure {
            let program = configuration.commandName ?? "\(self)"
            StandardStream.error.print(failure.startsWithProgram ? "\(program): \(failure.message)" : failure.message)
            Glibc.exit(failure.exitCode.rawValue)
        }
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if code == .success {
            // The program's own text, and scripts for shells, which may hold tabs.
            if !text.isEmpty { StandardStream.output.write(text + "\n") }
            StandardStream.close()
        } else if !text.isEmpty {
            StandardStream.error.print(text)
        }
        Glibc.exit(code.rawValue)
    }
}
