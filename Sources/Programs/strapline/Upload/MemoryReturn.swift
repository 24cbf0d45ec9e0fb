import ServiceLifecycle

/// Gives back the memory of code that was needed once: half of what is resident after the start is code that has read
/// the arguments and the configuration, made the lanes and found the strap.
struct MemoryReturn: Service {
    /// By then a strap that is worn is live.
    static let delay: Duration = .seconds(60)
    /// What came up since, such as a lost connection, is over.
    static let interval: Duration = .seconds(86_400)

    var clock: any Clock<Duration> = ContinuousClock()
    var letGo: @Sendable () -> Void = MappedCode.letGo

    func run() async {
        try? await cancelWhenGracefulShutdown {
            try await clock.sleep(for: Self.delay)
            while true {
                letGo()
                try await clock.sleep(for: Self.interval)
            }
        }
    }
}
