import UnixSignals

/// Ctrl-C and SIGTERM, trapped from the creation of this value on. They end the work in order.
package struct Interruption {
    private let signals: UnixSignalsSequence

    package init() async {
        signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    }

    /// Returns with the first of them, or when the time is over; for nil that may take for ever.
    package func wait(atMost limit: Duration? = nil, clock: any Clock<Duration> = ContinuousClock()) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { return } }
            if let limit { group.addTask { try? await clock.sleep(for: limit) } }
            await group.next()
            group.cancelAll()
        }
    }
}

extension Interruption {
    /// Calls `body` for each signal until the task is cancelled. Only one task can wait for signals: not beside
    /// ``wait(atMost:clock:)``.
    package func forEach(_ body: @Sendable () -> Void) async {
        for await _ in signals { body() }
    }

    /// Runs `body` and cancels it when the first signal comes; then throws `CancellationError`.
    package func cancelling<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async throws -> Value
    {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                await wait()
                return nil
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() ?? nil else { throw CancellationError() }
            return value
        }
    }
}
