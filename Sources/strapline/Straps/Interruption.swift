import UnixSignals

enum Interruption {
    /// Returns with the first Ctrl-C or SIGTERM, or when the time is over; for nil it may take for ever.
    static func wait(atMost limit: Duration? = nil, clock: any Clock<Duration> = ContinuousClock()) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { return }
            }
            if let limit { group.addTask { try? await clock.sleep(for: limit) } }
            await group.next()
            group.cancelAll()
        }
    }
}
