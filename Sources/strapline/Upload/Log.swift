import FoundationEssentials
import Logging
import ServiceManager

/// The log of the program: stderr, one event a line; for the journal where that is the journal.
enum Log {
    static func logger(level: LogSection.Level?) -> Logger {
        var logger = Logger(label: "strapline") {
            StandardErrorLog.handler(label: $0, environment: ProcessInfo.processInfo.environment)
        }
        logger.logLevel =
            switch level ?? .info {
            case .debug: .debug
            case .info: .info
            case .warning: .warning
            case .error: .error
            }
        return logger
    }
}
