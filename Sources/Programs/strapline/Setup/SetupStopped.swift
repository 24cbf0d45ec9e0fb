import ArgumentParser

/// A setup ends before its end, for a reason that a person is told.
struct SetupStopped: Error, Equatable, CustomStringConvertible {
    let description: String
    let code: ExitCode

    /// Ctrl-C, or no more input.
    static let byPerson = SetupStopped(description: "Stopped. What was done so far stays.", code: ExitCode(130))
}
