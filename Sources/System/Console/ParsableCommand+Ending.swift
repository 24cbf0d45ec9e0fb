package import ArgumentParser
import Glibc

extension ParsableCommand {
    /// Ends the program with an error, or with what stands for one: a request for help, for the version, for completions.
    ///
    /// As `exit(withError:)`, which does not notice that the help cannot be printed, and prints what a file or a service has
    /// put into an error as it is.
    package static func end(with error: any Error) -> Never {
        if let failure = error as? any CommandFailure {
            let program = configuration.commandName ?? "\(self)"
            StandardStream.error.print(failure.startsWithProgram ? "\(program): \(failure)" : "\(failure)")
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
