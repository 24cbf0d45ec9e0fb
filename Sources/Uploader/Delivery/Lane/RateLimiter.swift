/// Limits requests to a number per second. Lanes with the same token share one, because services count by token.
package actor RateLimiter {
    private var schedule: RequestSchedule
    private let clock: any Clock<Duration>
    private let stopwatch: Stopwatch

    /// `requestsPerSecond` is above 0.
    package init(requestsPerSecond: Double, clock: any Clock<Duration> = ContinuousClock()) {
        schedule = RequestSchedule(requestsPerSecond: requestsPerSecond)
        self.clock = clock
        stopwatch = Stopwatch(clock)
    }

    /// Returns when the next request may start, in the order of the calls.
    ///
    /// The sleep has no tolerance: requests that a clock wakes together would leave together.
    /// - Throws: `CancellationError`.
    package func waitForTurn() async throws {
        let wait = schedule.takeTurn(now: stopwatch.elapsed)
        if wait > .zero { try await clock.sleep(for: wait, tolerance: .zero) }
    }
}

/// Spreads requests evenly, so that no second exceeds the limit even if some requests travel faster than others.
struct RequestSchedule {
    /// A part of the limit is left unused, because requests take different times to arrive.
    static let headroom = 0.02

    private let interval: Duration
    private var nextStart: Duration = .zero

    init(requestsPerSecond: Double) {
        interval = .seconds(1 / requestsPerSecond) * (1 + Self.headroom)
    }

    /// Takes the next turn. Returns how long its request has to wait.
    mutating func takeTurn(now: Duration) -> Duration {
        let start = max(now, nextStart)
        nextStart = start + interval
        return start - now
    }
}
