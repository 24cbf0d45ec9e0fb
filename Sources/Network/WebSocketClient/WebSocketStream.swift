package import Timing

/// One stream of text messages that comes back by itself, for as long as somebody listens.
///
/// A stream that ends, or does not open, is tried again without end, with capped exponential backoff and full jitter.
/// One that was heard on begins again at the first wait. Only a server that answers 401 or 403 ends it, at once: trying
/// again is of no use until the user has done something.
///
/// ```swift
/// let stream = WebSocketStream { WebSocketRequest(host: "127.0.0.1", port: 8080, isSecure: false, target: "/") }
/// try await stream.withEvents { events in
///     for try await event in events { print(event) }
/// }
/// ```
package struct WebSocketStream: Sendable {
    /// The events of a stream. Ends by throwing a ``WebSocketError`` that ``WebSocketError/isFinal``, or what the maker
    /// of the request threw.
    package typealias Events = AsyncThrowingStream<WebSocketEvent, any Error>

    /// From half a second on average up to 30 s, so that a viewer is back soon after the network is.
    package static let standardBackoff = Backoff(base: .seconds(1), cap: .seconds(30))

    private let limits: WebSocketLimits
    private let backoff: Backoff
    private let clock: any Clock<Duration>
    private let request: @Sendable () async throws -> WebSocketRequest

    /// `request` is asked before each attempt, so that a token that was replaced takes effect; what it throws ends the
    /// stream.
    package init(
        limits: WebSocketLimits = WebSocketLimits(), backoff: Backoff = standardBackoff,
        clock: any Clock<Duration> = ContinuousClock(), request: @escaping @Sendable () async throws -> WebSocketRequest
    ) {
        self.limits = limits
        self.backoff = backoff
        self.clock = clock
        self.request = request
    }

    /// Keeps the stream open while `body` runs, and closes it before this returns.
    package func withEvents<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Events) async throws -> Result
    ) async throws -> Result {
        let (events, continuation) = Events.makeStream(bufferingPolicy: .bufferingNewest(limits.bufferedEvents))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await run { continuation.yield($0) }
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            defer { group.cancelAll() }
            return try await body(events)
        }
    }

    /// Never returns; throws why the stream is over for good.
    private func run(_ report: @escaping WebSocketConnection.Report) async throws {
        var failures = 0
        while true {
            let connection = WebSocketConnection(request: try await request(), limits: limits, clock: clock)
            let (end, wasHeard) = await connection.run(report)
            try Task.checkCancellation()
            if end.isFinal { throw end }
            failures = wasHeard ? 1 : failures + 1
            let wait = backoff.delay(afterFailures: failures)
            report(.disconnected(end, retryIn: wait))
            try await clock.sleep(for: wait)
        }
    }
}
