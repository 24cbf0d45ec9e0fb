import Synchronization

/// Events from anywhere for one consumer.
///
/// A lock and not an actor, for a waiting consumer that is cancelled must be woken from a synchronous handler.
final class Inbox<Event: Sendable>: Sendable {
    private struct State {
        var events: [Event] = []
        var waiter: CheckedContinuation<Event?, Never>?
    }

    private let state = Mutex(State())

    func send(_ event: Event) {
        let waiter = state.withLock { state in
            guard let waiter = state.waiter.take() else {
                state.events.append(event)
                return nil as CheckedContinuation<Event?, Never>?
            }
            return waiter
        }
        waiter?.resume(returning: event)
    }

    /// Sends an event in place of the last one that waits, where that is out of date beside it.
    func send(_ event: Event, superseding isOutOfDate: (Event) -> Bool) {
        let isReplaced = state.withLock { state in
            guard let last = state.events.last, isOutOfDate(last) else { return false }
            state.events[state.events.count - 1] = event
            return true
        }
        if !isReplaced { send(event) }
    }

    /// The next event; nil when the task is cancelled.
    func next() async -> Event? {
        if let event = takeFirst() { return event }
        return await wait()
    }

    private func takeFirst() -> Event? {
        state.withLock { $0.events.isEmpty ? nil : $0.events.removeFirst() }
    }

    private func wait() async -> Event? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let event = state.withLock { state -> Event?? in
                    if !state.events.isEmpty { return .some(state.events.removeFirst()) }
                    if Task.isCancelled { return .some(nil) }
                    state.waiter = continuation
                    return nil
                }
                if let event { continuation.resume(returning: event) }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume(returning: nil)
        }
    }
}
