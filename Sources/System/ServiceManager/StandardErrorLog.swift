import Files
import Glibc
package import Logging
import TextFormats

/// Logs to stderr: in the journal's format when stderr is the journal, for a reader when it is a terminal. Each event
/// is one printable line, even if its message or its metadata has control characters.
package enum StandardErrorLog {
    /// The limit of a line, in Unicode scalars.
    static let lineLimit = 4000

    /// The `environment` shows whether stderr is the journal: see ``JournalStream``.
    package static func handler(label: String, environment: [String: String]) -> any LogHandler {
        if JournalStream.isJournal(STDERR_FILENO, environment: environment) { return JournalLogHandler(label: label) }
        if isatty(STDERR_FILENO) == 1 { return TerminalLogHandler() }
        return StreamLogHandler(label: label, stream: LineStream { write($0) }, metadataProvider: nil)
    }

    static func write(_ line: String) {
        try? DescriptorIO.write(Array(line.utf8), to: STDERR_FILENO)
    }
}

/// Makes one printable line of each event that swift-log's handler writes.
struct LineStream: TextOutputStream, Sendable {
    let send: @Sendable (String) -> Void

    func write(_ event: String) {
        send(event.printable(scalars: StandardErrorLog.lineLimit) + "\n")
    }
}
