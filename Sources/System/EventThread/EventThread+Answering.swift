extension EventThread {
    /// Returns when the thread has come to it, after all that waits by now; or when the task is cancelled. For a
    /// watchdog: a thread that hangs never does.
    package func answers() async {
        let (answer, answered) = AsyncStream.makeStream(of: Never.self)
        perform { answered.finish() }
        for await _ in answer {}
    }
}
