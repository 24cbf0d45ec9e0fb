/// Thrown by ``withTimeout(_:clock:_:)`` when the time was over first.
package struct TimedOut: Error, CustomStringConvertible {
    /// How long was waited.
    package let after: Duration

    package init(after: Duration) {
        self.after = after
    }

    package var description: String { "no answer after \(after)" }
}

/// Runs `body` for at most `limit`. After that `body` is cancelled, and ``TimedOut`` is thrown when it has returned.
/// `tolerance` is that of the clock's sleep. `body` must honour cancellation, because nothing outlives this call.
package func withTimeout<Value: Sendable>(
    _ limit: Duration, tolerance: Duration? = nil, clock: any Clock<Duration> = ContinuousClock(),
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask { try await body() }
        group.addTask {
            try await clock.sleep(for: limit, tolerance: tolerance)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next() else { throw CancellationError() }
        guard let value = first else { throw TimedOut(after: limit) }
        return value
    }
}
