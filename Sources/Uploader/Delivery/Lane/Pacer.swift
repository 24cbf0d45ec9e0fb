/// Holds requests to a number per second. Lanes that use the same token share one, for services count by token.
package actor Pacer {
    private var pace: Pace
    private let clock: any Clock<Duration>
    private let stopwatch: Stopwatch

    /// `requestsPerSecond` is above 0.
    package init(requestsPerSecond: Double, clock: any Clock<Duration> = ContinuousClock()) {
        pace = Pace(requestsPerSecond: requestsPerSecond)
        self.clock = clock
        stopwatch = Stopwatch(clock)
    }

    /// Returns when the next request may start: in the order of the calls, and no later, for those that a clock wakes
    /// together would leave together.
    /// - Throws: `CancellationError`.
    package func waitForTurn() async throws {
        let wait = pace.takeTurn(now: stopwatch.elapsed)
        if wait > .zero { try await clock.sleep(for: wait, tolerance: .zero) }
    }
}
