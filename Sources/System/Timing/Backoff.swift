/// How long to wait before attempt after attempt: capped exponential backoff with full jitter.
///
/// The wait is drawn evenly from zero to a ceiling that doubles with every failure in a row, so that many clients that
/// lost the same server do not come back at the same moment
/// (["Exponential Backoff and Jitter"](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)).
///
/// With the default of 1 s, capped at 60 s:
///
/// | failures in a row | 1 | 2 | 3 | 4 | 5  | 6  | 7 and more |
/// | ----------------- | - | - | - | - | -- | -- | ---------- |
/// | ceiling (s)       | 1 | 2 | 4 | 8 | 16 | 32 | 60         |
/// | wait on average (s) | 0.5 | 1 | 2 | 4 | 8 | 16 | 30     |
package struct Backoff: Sendable, Equatable {
    /// The ceiling of the wait after the first failure.
    package var base: Duration
    /// No wait is longer than this.
    package var cap: Duration

    package init(base: Duration = .seconds(1), cap: Duration = .seconds(60)) {
        self.base = base
        self.cap = cap
    }

    /// The longest wait after this many failures in a row; zero after none.
    package func ceiling(afterFailures failures: Int) -> Duration {
        guard failures > 0 else { return .zero }
        var ceiling = base
        for _ in 1..<failures where ceiling < cap { ceiling *= 2 }
        return min(ceiling, cap)
    }

    /// A wait drawn evenly from zero to ``ceiling(afterFailures:)``.
    package func delay(afterFailures failures: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        ceiling(afterFailures: failures) * Double.random(in: 0...1, using: &generator)
    }

    /// ``delay(afterFailures:using:)`` with the system's random numbers.
    package func delay(afterFailures failures: Int) -> Duration {
        var generator = SystemRandomNumberGenerator()
        return delay(afterFailures: failures, using: &generator)
    }
}
