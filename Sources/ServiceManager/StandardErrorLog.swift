import Glibc
public import Logging

/// How a program logs to stderr: for the journal when that is where stderr leads, else for a person.
public enum StandardErrorLog {
    /// The `environment` says whether stderr is the journal: see ``JournalStream``.
    public static func handler(label: String, environment: [String: String]) -> any LogHandler {
        JournalStream.isJournal(STDERR_FILENO, environment: environment)
            ? JournalLogHandler(label: label) : StreamLogHandler.standardError(label: label)
    }
}
