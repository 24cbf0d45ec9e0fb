package import ArgumentParser

/// A failure that ends a command. `end(with:)` prints the message on standard error and exits with the code.
///
/// Libraries throw their own errors. Each program declares once which exit code each of them has.
package protocol CommandFailure: Error, CustomStringConvertible {
    var exitCode: ExitCode { get }

    /// The text for the user: the description, unless the program adds advice.
    var message: String { get }

    /// Whether the message starts with the name of the program. A mistake in a file starts with its place in the file:
    /// then the description is shown.
    var startsWithProgram: Bool { get }
}

extension CommandFailure {
    package var message: String { description }
    package var startsWithProgram: Bool { true }
}

/// A failure that a command itself finds.
package struct CommandError: CommandFailure {
    package let description: String
    package let exitCode: ExitCode

    package init(_ description: String, _ exitCode: ExitCode) {
        self.description = description
        self.exitCode = exitCode
    }
}
