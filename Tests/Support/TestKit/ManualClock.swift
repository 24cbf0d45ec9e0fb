/// A clock that stands still until a test moves it, and that reports when tasks sleep on it.
package final class ManualClock: Clock {
    package struct Instant: InstantProtocol {
        package var sinceStart: Duration

        package func advanced(by duration: Duration) -> Instant { Instant(sinceStart: sinceStart + duration) }
        package func duration(to other: Instant) -> Duration { other.sinceStart - sinceStart }
        package static func < (left: Instant, right: Instant) -> Bool { left.sinceStart < right.sinceStart }
    }

    private struct Sleeper {
        var deadline: Instant
        var wake: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = Instant(sinceStart: .zero)
        var sleepers: [Int: Sleeper] = [:]
        var cancelledBeforeSleep: Set<Int> = []
        var nextID = 0

        /// How long each sleeping task still has to wait.
        var waits: [Duration] { sleepers.values.map { now.duration(to: $0.deadline) } }
    }

    private let state = Watched(State())

    package init() {}

    package var now: Instant { state.value.now }
    package var minimumResolution: Duration { .nanoseconds(1) }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.change { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                state.change { state in
                    if state.cancelledBeforeSleep.remove(id) != nil {
                        continuation.resume(throwing: CancellationError())
                    } else if deadline <= state.now {
                        continuation.resume()
                    } else {
                        state.sleepers[id] = Sleeper(deadline: deadline, wake: continuation)
                    }
                }
            }
        } onCancel: {
            let sleeper = state.change { state -> Sleeper? in
                if let sleeper = state.sleepers.removeValue(forKey: id) { return sleeper }
                state.cancelledBeforeSleep.insert(id)
                return nil
            }
            sleeper?.wake.resume(throwing: CancellationError())
        }
    }

    /// Advances the time and wakes the tasks that are due, earliest first.
    package func advance(by duration: Duration) {
        let due = state.change { state -> [Sleeper] in
            state.now = state.now.advanced(by: duration)
            let now = state.now
            let due = state.sleepers.filter { $0.value.deadline <= now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.deadline < $1.deadline }
        }
        for sleeper in due { sleeper.wake.resume() }
    }

    /// Returns when at least this many tasks sleep on the clock.
    package func untilSleeping(_ count: Int = 1) async {
        await state.until { $0.sleepers.count >= count }
    }

    /// Waits until a task has exactly this time to sleep, and lets it pass. Other tasks may sleep too.
    package func waitOut(_ duration: Duration) async {
        await state.until { $0.waits.contains(duration) }
        advance(by: duration)
    }

    /// Lets each sleep pass until the task is cancelled, except sleeps longer than `limit`: work under a longer
    /// time-out gets all the time that it needs.
    package func waitOutEverything(upTo limit: Duration) async {
        while !Task.isCancelled {
            await state.until { $0.waits.contains { $0 <= limit } }
            advanceToTheNext(upTo: limit)
        }
    }

    /// The same until `isOver` is true. It is read before each advance, so that no time passes after that.
    package func waitOutEverything(upTo limit: Duration, until isOver: () async -> Bool) async {
        while !Task.isCancelled {
            await state.until { $0.waits.contains { $0 <= limit } }
            if await isOver() { return }
            advanceToTheNext(upTo: limit)
        }
    }

    private func advanceToTheNext(upTo limit: Duration) {
        if let wait = state.value.waits.min(), wait <= limit { advance(by: wait) }
    }
}
