import ServiceLifecycle

/// Prints the log lines that were held back, each when its minute is over.
package struct HeldBackLinesService: Service {
    private let limiter: LogRateLimiter
    private let clock: any Clock<Duration>

    package init(limiter: LogRateLimiter, clock: any Clock<Duration> = ContinuousClock()) {
        self.limiter = limiter
        self.clock = clock
    }

    package func run() async {
        await cancelWhenGracefulShutdown { await limiter.run(clock: clock) }
    }
}
