import FoundationEssentials
import Logging
import ServiceManager

/// The log of the program: stderr, one event a line; for the journal where that is the journal.
enum Log {
    static func logger(level: LogSection.Level?) -> Logger {
        logger(sharing: SharedLogLevel(level))
    }

    /// One whose level can be changed while it, and copies of it, are in use.
    /// The `limiter` is for a log that is kept for days; a person at a terminal sees every line.
    static func logger(sharing level: SharedLogLevel, limiter: LogRateLimiter? = nil) -> Logger {
        Logger(label: "strapline") {
            let environment = ProcessInfo.processInfo.environment
            let handler = StandardErrorLog.handler(label: $0, environment: environment)
            return RateLimitedLogHandler(SharedLevelHandler(handler, level: level), limiter: limiter)
        }
    }
}
