extension Outbox {
    /// Returns when the outbox's thread has come to it, after all that waits by now; or when the task is cancelled. For a
    /// watchdog: a thread that hangs never does.
    package nonisolated func answers() async {
        let (answer, answered) = AsyncStream.makeStream(of: Never.self)
        onThread { _ in answered.finish() }
        for await _ in answer {}
    }
}
