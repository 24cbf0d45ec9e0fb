package import ArgumentParser
import Glibc

extension ParsableCommand {
    /// Ends the program with an error, or with what stands for one: a request for help, for the version, for completions.
    ///
    /// As `exit(withError:)`, which does not notice that the help cannot be printed, and prints what a file or a service has
    /// put into an error as it is.
    package static func end(with error: any Error) -> Never {
        let code = exitCode(for: error)
        let text = fullMessage(for: error)
        let stream: StandardStream = code == .success ? .output : .error
        if !text.isEmpty { stream.print(text) }
        if code == .success { StandardStream.close() }
        Glibc.exit(code.rawValue)
    }
}
