import TextFormats

/// A screen and a keyboard for questions and answers.
package protocol Terminal: Sendable {
    /// Whether a user can read and type.
    var isInteractive: Bool { get }

    /// How many lines it shows at once; nil when that is not known.
    var rows: Int? { get }

    /// How wide its lines may be; nil where nothing limits them.
    var columns: Int? { get }

    /// Shows text as it is; a line ends with `\n`.
    func write(_ text: String) async

    /// What the person types next; nil when nothing comes any more, or the task is cancelled.
    func readLine() async -> String?

    /// Asks, and gives what the person types next without showing it; nil as before.
    func readSecret(_ prompt: String) async -> String?
}

extension Terminal {
    package var columns: Int? { nil }

    /// Shows text without control characters.
    package func print(_ line: String) async { await write(line.printableLines() + "\n") }
}
