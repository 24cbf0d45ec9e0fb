import CLinux
import Glibc
import Synchronization

/// The sleeping tasks of an ``EventThread``. The thread resumes those that are due with each wake-up, and the others by
/// a timer that also runs while the machine sleeps.
struct SleepingTasks: ~Copyable {
    private var deadlines = DeadlineSet<CancellationToken, ContinuousClock.Instant>()
    private var sleeps: [CancellationToken: CheckedContinuation<Void, any Error>] = [:]
    private let timer: Int32
    /// What the timer is set to.
    private var timerRingsAt: ContinuousClock.Instant?

    init() {
        timer = clinux_timerfd()
        precondition(timer >= 0, "no timerfd: the process has run out of file descriptors")
    }

    deinit {
        close(timer)
    }

    var isEmpty: Bool { sleeps.isEmpty }

    mutating func add(_ sleep: Sleep) {
        guard !sleep.token.isCancelled.load(ordering: .relaxed) else {
            return sleep.done.resume(throwing: CancellationError())
        }
        deadlines.set(sleep.token, from: sleep.from, by: sleep.by)
        sleeps[sleep.token] = sleep.done
    }

    mutating func cancel(_ token: CancellationToken) {
        deadlines.cancel(token)
        sleeps.removeValue(forKey: token)?.resume(throwing: CancellationError())
    }

    mutating func cancelAll() {
        for token in Array(sleeps.keys) { cancel(token) }
    }

    /// Wakes who is due, and has the thread wait no longer than until the next one is.
    mutating func prepare(_ wait: inout PollSet) {
        guard !isEmpty else { return }
        for token in deadlines.takeDue(at: .now) { sleeps.removeValue(forKey: token)?.resume() }
        guard let next = deadlines.next else { return }
        if timerRingsAt != next { setTimer(to: next) }
        wait.add(timer, events: POLLIN)
    }

    private mutating func setTimer(to instant: ContinuousClock.Instant) {
        let (seconds, attoseconds) = max(instant - .now, .nanoseconds(1)).components
        let result = clinux_timerfd_set(
            timer, timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000)))
        precondition(result == 0, "timerfd_settime: \(String(cString: strerror(errno)))")
        timerRingsAt = instant
    }
}

/// Identifies a sleep. It can be cancelled before the thread knows of the sleep.
final class CancellationToken: Sendable, Hashable {
    let isCancelled = Atomic(false)

    static func == (left: CancellationToken, right: CancellationToken) -> Bool { left === right }
    func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// A task that sleeps on an ``EventThread``.
struct Sleep: Sendable {
    let token: CancellationToken
    let from: ContinuousClock.Instant
    let by: ContinuousClock.Instant
    let done: CheckedContinuation<Void, any Error>
}
