import ServiceLifecycle
import ServiceManager

/// Prints the lines of the log that were held back, each when its minute is over.
struct LimitedLog: Service {
    let limiter: LogRateLimiter

    func run() async {
        await cancelWhenGracefulShutdown { await limiter.run(clock: ContinuousClock()) }
    }
}
