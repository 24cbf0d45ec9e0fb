import Timing

/// An output with its feed, which can end before the program.
struct RunningOutput: Sendable {
    let feed: OutputFeed
    private let make: @Sendable () throws -> any Output
    private let clock: any Clock<Duration>
    private let backoff = Backoff(base: .seconds(1), cap: .seconds(30))
    private let ending = AsyncStream.makeStream(of: Never.self)
    private let end = AsyncStream.makeStream(of: Never.self)

    init(_ feed: OutputFeed, _ make: @escaping @Sendable () throws -> any Output, clock: any Clock<Duration>) {
        self.feed = feed
        self.make = make
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
        var output: (any Output)?
        var failures = 0
        while !Task.isCancelled {
            let isLastTry = feed.isEnding
            let sentBefore = feed.status.sent
            var reason = "The output has stopped by itself."
            do {
                let made = try output ?? make()
                output = made
                try await made.run(feed)
                if feed.isEnding { return }
            } catch {
                reason = "\(error)"
            }
            if Task.isCancelled || isLastTry { return }
            feed.failed(reason)
            failures = feed.status.sent > sentBefore ? 1 : failures + 1
            let isEnding = await !feed.pause(backoff.delay(afterFailures: failures))
            // The receiver may be back by now, and still show a heart rate.
            if isEnding, !feed.showsValue { return }
            feed.rewind()
        }
    }
}
