package import ArgumentParser
import Glibc

extension ParsableCommand {
    /// Ends the program with an error, or with a request for help, for the version or for completions.
    ///
    /// Like `exit(withError:)`, but reports a failed write of the help, and cleans texts that a file or a service has
    /// put into an error.
    package static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        if code == .success {
            // The program's own text, and scripts for shells, which may have tabs.
            if !text.isEmpty { StandardStream.output.write(text + "\n") }
            StandardStream.close()
        } else if !text.isEmpty {
            StandardStream.error.print(text)
        }
        Glibc.exit(code.rawValue)
    }
}
