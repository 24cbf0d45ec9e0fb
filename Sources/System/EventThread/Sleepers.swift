import CLinux
import Glibc
import Synchronization

/// Who sleeps on an ``EventThread``, which wakes them: those that are due whenever it wakes by itself, and the others by a
/// timer that runs on while the machine sleeps.
struct Sleepers: ~Copyable {
    private var alarms = Alarms<Sleep.Ticket, ContinuousClock.Instant>()
    private var sleeps: [Sleep.Ticket: CheckedContinuation<Void, any Error>] = [:]
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
        guard !sleep.ticket.isCancelled.load(ordering: .relaxed) else {
            return sleep.done.resume(throwing: CancellationError())
        }
        alarms.set(sleep.ticket, from: sleep.from, by: sleep.by)
        sleeps[sleep.ticket] = sleep.done
    }

    mutating func cancel(_ ticket: Sleep.Ticket) {
        alarms.cancel(ticket)
        sleeps.removeValue(forKey: ticket)?.resume(throwing: CancellationError())
    }

    mutating func cancelAll() {
        for ticket in Array(sleeps.keys) { cancel(ticket) }
    }

    /// Wakes who is due, and has the thread wait no longer than until the next one is.
    mutating func prepare(_ wait: inout EventWait) {
        guard !isEmpty else { return }
        for ticket in alarms.takeDue(at: .now) { sleeps.removeValue(forKey: ticket)?.resume() }
        guard let next = alarms.next else { return }
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
