public import Logging

/// Hands each line to a ``LogRateLimiter``; keeps the metadata `subject`, which is for the limiter, out of the log.
public struct RateLimitedLogHandler: LogHandler {
    private var handler: any LogHandler
    /// nil for a log in which nothing is held back.
    private let limiter: LogRateLimiter?
    private var subject: Logger.Metadata.Value?

    /// A `handler` whose level can change must be the one inside: its level counts.
    public init(_ handler: any LogHandler, limiter: LogRateLimiter?) {
        self.handler = handler
        self.limiter = limiter
    }

    public var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    public var metadata: Logger.Metadata {
        get { handler.metadata }
        set { for (key, value) in newValue { self[metadataKey: key] = value } }
    }

    public var metadataProvider: Logger.MetadataProvider? {
        get { handler.metadataProvider }
        set { handler.metadataProvider = newValue }
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { key == LogRateLimiter.subjectKey ? subject : handler[metadataKey: key] }
        set {
            if key == LogRateLimiter.subjectKey { subject = newValue } else { handler[metadataKey: key] = newValue }
        }
    }

    public func log(event: LogEvent) {
        var event = event
        let subject = event.metadata?.removeValue(forKey: LogRateLimiter.subjectKey) ?? subject
        guard let limiter else { return handler.log(event: event) }
        limiter.log(event, subject: subject.map { "\($0)" }, by: handler)
    }
}
