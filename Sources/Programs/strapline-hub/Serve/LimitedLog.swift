import ServiceLifecycle
import ServiceManager

/// Prints the held-back lines of the log, each after its minute.
struct LimitedLog: Service {
    let limiter: LogRateLimiter

    func run() async {
        await cancelWhenGracefulShutdown { await limiter.run(clock: ContinuousClock()) }
    }
}
