package import Logging
import TextFormats

/// Writes a log for the journal. Each event is one line that begins with its priority
/// ([sd-daemon(3)](https://www.freedesktop.org/software/systemd/man/latest/sd-daemon.html)). The journal adds the time.
///
/// ```
/// <6>strapline: strap: state=live strap=anna
/// ```
package struct JournalLogHandler: LogHandler {
    package var logLevel: Logger.Level = .info
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let write: @Sendable (String) -> Void

    /// Writes to stderr without a buffer.
    package init(label: String) {
        self.init(label: label) { StandardErrorLog.write($0) }
    }

    init(label: String, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let all = metadata.merging(metadataProvider?.get() ?? [:]) { $1 }.merging(event.metadata ?? [:]) { $1 }
        let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        let text = "\(label): \(event.message)\(pairs.isEmpty ? "" : ": ")\(pairs)"
        // A line feed would begin another event, without a priority.
        let line = text.printable(scalars: StandardErrorLog.lineLimit)
        write("<\(Self.priority(of: event.level))>\(line)\n")
    }

    /// The number of syslog(3).
    package static func priority(of level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
