import Timing

/// An output with its feed, which can end before the program.
struct RunningOutput: Sendable {
    let feed: OutputFeed
    private let output: any Output
    private let clock: any Clock<Duration>
    private let backoff = Backoff(base: .seconds(1), cap: .seconds(30))
    private let ending = AsyncStream.makeStream(of: Never.self)
    private let end = AsyncStream.makeStream(of: Never.self)

    init(_ output: any Output, _ feed: OutputFeed, clock: any Clock<Duration>) {
        self.output = output
        self.feed = feed
        self.clock = clock
    }

    /// Returns when the output has shown its last update, or the time for that is over.
    func run() async {
        defer { end.continuation.finish() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await runAgainAndAgain() }
            group.addTask {
                for await _ in ending.stream {}
                try? await clock.sleep(for: OutputSupervisor.stopLimit)
            }
            await group.next()
            group.cancelAll()
        }
    }

    /// The next update of the output is its last one.
    func end(_ reason: OutputEnding) {
        feed.end(reason)
        ending.continuation.finish()
    }

    /// Returns when it has ended, or the task is cancelled.
    func stop(_ reason: OutputEnding) async {
        end(reason)
        for await _ in end.stream {}
    }

    private func runAgainAndAgain() async {
        var failures = 0
        while !Task.isCancelled {
            let sentBefore = feed.status.sent
            var reason = "The output has stopped by itself."
            do {
                try await output.run(feed)
                if feed.isEnding { return }
            } catch {
                reason = "\(error)"
            }
            if Task.isCancelled || feed.isEnding { return }
            feed.failed(reason)
            failures = feed.status.sent > sentBefore ? 1 : failures + 1
            guard await pause(backoff.delay(afterFailures: failures)) else { return }
            feed.rewind()
        }
    }

    /// False if the output ends before the pause is over. An output that fails has nothing to clear.
    private func pause(_ wait: Duration) async -> Bool {
        do {
            try await withTimeout(wait, clock: clock) { await feed.untilEnding() }
            return false
        } catch is TimedOut {
            return true
        } catch {
            return false
        }
    }
}
