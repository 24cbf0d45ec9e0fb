import ServiceLifecycle
import ServiceManager

/// Prints the lines of the log that were held back, each when its minute is over.
struct HeldBackLinesService: Service {
    let limiter: LogRateLimiter
    let clock: any Clock<Duration>

    func run() async {
        await cancelWhenGracefulShutdown { await limiter.run(clock: clock) }
    }
}
