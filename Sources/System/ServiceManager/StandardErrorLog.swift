import Files
import Glibc
public import Logging
import TextFormats

/// How a program logs to stderr: for the journal when that is where stderr leads, else for a person. Each event is one line,
/// without anything that could move a cursor, whatever its message and its metadata hold.
public enum StandardErrorLog {
    /// Longer lines are cut off, in Unicode scalars.
    static let lineLimit = 4000

    /// The `environment` says whether stderr is the journal: see ``JournalStream``.
    public static func handler(label: String, environment: [String: String]) -> any LogHandler {
        JournalStream.isJournal(STDERR_FILENO, environment: environment)
            ? JournalLogHandler(label: label)
            : StreamLogHandler(label: label, stream: LineStream { write($0) }, metadataProvider: nil)
    }

    static func write(_ line: String) {
        try? DescriptorIO.write(Array(line.utf8), to: STDERR_FILENO)
    }
}

/// Makes one safe line of each event that swift-log's handler writes as a text.
struct LineStream: TextOutputStream, Sendable {
    let send: @Sendable (String) -> Void

    func write(_ event: String) {
        send(event.printable(scalars: StandardErrorLog.lineLimit) + "\n")
    }
}
