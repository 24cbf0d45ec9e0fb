package import ArgumentParser

/// How the program ends, in the words of `sysexits.h`.
extension ExitCode {
    /// The input data was not what it should be.
    package static let dataError = ExitCode(65)
    /// An input file is not there.
    package static let noInput = ExitCode(66)
    /// A service that is needed is not there, or has no answer.
    package static let unavailable = ExitCode(69)
    /// The operating system refuses something.
    package static let systemError = ExitCode(71)
    /// A file cannot be created or written.
    package static let cannotCreate = ExitCode(73)
    /// Reading or writing failed.
    package static let inputOutputError = ExitCode(74)
    /// Not all is done or proved that was asked for; another time it may be.
    package static let temporaryFailure = ExitCode(75)
    /// The token is missing or does not permit this.
    package static let notPermitted = ExitCode(77)
    /// The configuration has a mistake.
    package static let wrongConfiguration = ExitCode(78)

    /// Acknowledged readings are missing. `sysexits.h` has no code for it.
    package static let readingsMissing = ExitCode(3)
}
