import FoundationEssentials
package import Logging
import Synchronization

/// The program's log on stderr, one event a line. If stderr is the journal, each line carries its journal level.
package enum ProgramLog {
    package static func logger(level: Logger.Level) -> Logger {
        logger(sharing: SharedLogLevel(level))
    }

    /// A logger with a level that changes for all its copies at once.
    ///
    /// Pass a `limiter` for a log that is kept for days. At a terminal, every line is shown.
    package static func logger(sharing level: SharedLogLevel, limiter: LogRateLimiter? = nil) -> Logger {
        Logger(label: "strapline") {
            let environment = ProcessInfo.processInfo.environment
            let handler = StandardErrorLog.handler(label: $0, environment: environment)
            return RateLimitedLogHandler(SharedLevelHandler(handler, level: level), limiter: limiter)
        }
    }
}

/// A log handler that shares one level with all its copies.
struct SharedLevelHandler: LogHandler {
    let level: SharedLogLevel
    private var handler: any LogHandler

    init(_ handler: any LogHandler, level: SharedLogLevel) {
        self.handler = handler
        self.level = level
    }

    var logLevel: Logger.Level {
        get { level.value }
        // A copy has no level of its own.
        set {}
    }

    var metadata: Logger.Metadata {
        get { handler.metadata }
        set { handler.metadata = newValue }
    }

    var metadataProvider: Logger.MetadataProvider? {
        get { handler.metadataProvider }
        set { handler.metadataProvider = newValue }
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { handler[metadataKey: key] }
        set { handler[metadataKey: key] = newValue }
    }

    func log(event: LogEvent) { handler.log(event: event) }
}

/// The level of all loggers of the program, which a reload may change while they are in use.
package final class SharedLogLevel: Sendable {
    private let place: Atomic<Int>

    package init(_ level: Logger.Level) {
        place = Atomic(Self.place(of: level))
    }

    package var value: Logger.Level { Logger.Level.allCases[place.load(ordering: .relaxed)] }

    package func set(_ level: Logger.Level) {
        place.store(Self.place(of: level), ordering: .relaxed)
    }

    private static func place(of level: Logger.Level) -> Int {
        Logger.Level.allCases.firstIndex(of: level) ?? 0
    }
}
