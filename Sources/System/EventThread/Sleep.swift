import Synchronization

/// A task that sleeps on an ``EventThread``.
struct Sleep: Sendable {
    /// Names a sleep, also to who cancels it before the thread has heard of it.
    final class Ticket: Sendable, Hashable {
        let isCancelled = Atomic(false)

        static func == (left: Ticket, right: Ticket) -> Bool { left === right }
        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
    }

    let ticket: Ticket
    let from: ContinuousClock.Instant
    let by: ContinuousClock.Instant
    let done: CheckedContinuation<Void, any Error>
}
