import Logging

/// The log of the program: stderr, one event a line.
enum Log {
    static func logger(level: LogSection.Level?) -> Logger {
        var logger = Logger(label: "strapline") { StreamLogHandler.standardError(label: $0) }
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
