import Logging

/// A log whose level is that of all, whatever copies of it there are.
struct SharedLevelHandler: LogHandler {
    let level: SharedLogLevel
    private var handler: any LogHandler

    init(_ handler: any LogHandler, level: SharedLogLevel) {
        self.handler = handler
        self.level = level
    }

    var logLevel: Logger.Level {
        get { level.value }
        // Nobody has a level of its own.
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
