import ArgumentParser
import Glibc

/// How the program ends, in the words of `sysexits.h`.
enum ExitStatus {
    /// The input data was not what it should be.
    static let dataError = ExitCode(65)
    /// A service that is needed is not there.
    static let unavailable = ExitCode(69)
    /// A file cannot be created or written.
    static let cannotCreate = ExitCode(73)
    /// The token is missing or does not permit this.
    static let notPermitted = ExitCode(77)
    /// The configuration has a mistake.
    static let configuration = ExitCode(78)
}

/// Writes a line for a person to stderr.
func complain(_ message: String) {
    var line = Array((message + "\n").utf8)
    while !line.isEmpty {
        let written = write(STDERR_FILENO, line, line.count)
        guard written > 0 else { return }
        line.removeFirst(written)
    }
}
