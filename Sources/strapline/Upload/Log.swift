import FoundationEssentials
import Logging
import ServiceManager

/// The log of the program: stderr, one event a line; for the journal where that is the journal.
enum Log {
    static func logger(level: LogSection.Level?) -> Logger {
        logger(sharing: SharedLogLevel(level))
    }

    /// One whose level can be changed while it, and copies of it, are in use.
    static func logger(sharing level: SharedLogLevel) -> Logger {
        Logger(label: "strapline") {
            let environment = ProcessInfo.processInfo.environment
            return SharedLevelHandler(StandardErrorLog.handler(label: $0, environment: environment), level: level)
        }
    }
}
