package import ArgumentParser
import Glibc

extension ParsableCommand {
    /// Ends the program with an error, or with what stands for one: a request for help, for the version, for completions.
    ///
    /// As `exit(withError:)`, which does not notice that the help cannot be printed.
    package static func end(with error: any Error) -> Never {
        guard exitCode(for: error) == .success else { exit(withError: error) }
        let text = fullMessage(for: error)
        if !text.isEmpty { StandardStream.output.print(text) }
        StandardStream.close()
        Glibc.exit(EXIT_SUCCESS)
    }
}
