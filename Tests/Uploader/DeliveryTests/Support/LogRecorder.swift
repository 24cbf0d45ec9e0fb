import Logging
import Synchronization

/// Keeps the log lines, for a test to count.
struct LogRecorder: LogHandler {
    struct Line: Equatable {
        let level: Logger.Level
        let message: String
    }

    private final class Lines: Sendable {
        let lines = Mutex<[Line]>([])
    }

    private let recorded = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    var lines: [Line] { recorded.lines.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        recorded.lines.withLock { $0.append(Line(level: event.level, message: "\(event.message)")) }
    }
}
