import Synchronization

/// Events for one consumer, which takes all waiting ones at a time. Any thread may send.
///
/// A lock and not an actor: a synchronous handler sends, and another one wakes a cancelled consumer.
final class Inbox<Event: Sendable>: Sendable {
    private struct State {
        var events: [Event] = []
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    func send(_ event: Event) {
        update { $0.append(event) }
    }

    /// Sends an event in place of the last waiting one, if that one is out of date.
    func send(_ event: Event, superseding isOutOfDate: (Event) -> Bool) {
        update { events in
            if let last = events.last, isOutOfDate(last) { events.removeLast() }
            events.append(event)
        }
    }

    /// Sends an event in place of any waiting one that is out of date.
    func sendLatest(_ event: Event, replacing isOutOfDate: (Event) -> Bool) {
        update { events in
            if let index = events.lastIndex(where: isOutOfDate) { events.remove(at: index) }
            events.append(event)
        }
    }

    /// Sends an event unless this many wait.
    func send(_ event: Event, unlessWaiting limit: Int) {
        update { events in
            if events.count < limit { events.append(event) }
        }
    }

    private func update(_ change: (inout [Event]) -> Void) {
        let waiter = state.withLock { state in
            change(&state.events)
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits for events and moves all of them into `batch`, which loses its content. False if the task is cancelled and
    /// none wait.
    func takeAll(into batch: inout [Event]) async -> Bool {
        batch.removeAll(keepingCapacity: true)
        while !take(into: &batch) {
            if Task.isCancelled { return false }
            await wait()
        }
        return true
    }

    private func take(into batch: inout [Event]) -> Bool {
        state.withLock { state in
            // The two arrays change places, so that neither is allocated again.
            swap(&state.events, &batch)
            return !batch.isEmpty
        }
    }

    private func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let mustWait = state.withLock { state in
                    guard state.events.isEmpty, !Task.isCancelled else { return false }
                    state.waiter = continuation
                    return true
                }
                if !mustWait { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiter.take() }?.resume()
        }
    }
}
