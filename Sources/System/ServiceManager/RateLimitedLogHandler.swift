package import Logging

/// Passes each line to a ``LogRateLimiter``, and removes the metadata `subject`, which only the limiter needs.
package struct RateLimitedLogHandler: LogHandler {
    private var handler: any LogHandler
    /// nil for a log without a limit.
    private let limiter: LogRateLimiter?
    private var subject: Logger.Metadata.Value?

    /// The level of this handler is that of the inner `handler`, which may change it.
    package init(_ handler: any LogHandler, limiter: LogRateLimiter?) {
        self.handler = handler
        self.limiter = limiter
    }

    package var logLevel: Logger.Level {
        get { handler.logLevel }
        set { handler.logLevel = newValue }
    }

    package var metadata: Logger.Metadata {
        get { handler.metadata }
        set { for (key, value) in newValue { self[metadataKey: key] = value } }
    }

    package var metadataProvider: Logger.MetadataProvider? {
        get { handler.metadataProvider }
        set { handler.metadataProvider = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { key == LogRateLimiter.subjectKey ? subject : handler[metadataKey: key] }
        set {
            if key == LogRateLimiter.subjectKey { subject = newValue } else { handler[metadataKey: key] = newValue }
        }
    }

    package func log(event: LogEvent) {
        var event = event
        let subject = event.metadata?.removeValue(forKey: LogRateLimiter.subjectKey) ?? subject
        guard let limiter else { return handler.log(event: event) }
        limiter.log(event, subject: subject.map { "\($0)" }, by: handler)
    }
}
