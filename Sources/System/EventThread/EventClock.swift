import Synchronization

/// `ContinuousClock` with sleeps on an ``EventThread``.
///
/// The clocks of the runtime sleep in another thread, which must wake the continuing thread. Here the thread wakes once
/// for all due sleeps. A sleep without a tolerance may take ``slack(of:)`` longer, and ends with any other wake-up in
/// that time.
///
/// Its time is `CLOCK_BOOTTIME`, as in `ContinuousClock`: the time while the machine sleeps counts.
package struct EventClock: Clock {
    package typealias Instant = ContinuousClock.Instant

    private let thread: EventThread

    package init(on thread: EventThread = .shared) {
        self.thread = thread
    }

    package var now: Instant { .now }
    package var minimumResolution: Duration { ContinuousClock().minimumResolution }

    /// The extra time of a sleep without a tolerance: a tenth, half a second at most. It is not noticeable in such a
    /// wait.
    package static func slack(of wait: Duration) -> Duration {
        min(wait / 10, .milliseconds(500))
    }

    /// Returns when the time has come; throws `CancellationError` at once when the task is cancelled, and when the
    /// thread has ended.
    package func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
        let wait = deadline - .now
        guard wait > .zero else { return try Task.checkCancellation() }
        let by = deadline + (tolerance ?? Self.slack(of: wait))
        let token = CancellationToken()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { done in
                thread.add(Sleep(token: token, from: deadline, by: by, done: done))
            }
        } onCancel: {
            token.isCancelled.store(true, ordering: .relaxed)
            thread.cancel(token)
        }
    }
}
