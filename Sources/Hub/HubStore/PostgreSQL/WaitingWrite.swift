import Synchronization

/// A client's write that waits for the outcome of its group.
final class WaitingWrite: Sendable {
    private enum State {
        case waiting(CheckedContinuation<Void, any Error>?)
        case ended(Result<Void, any Error>)
    }

    let content: PendingWrite.Content
    // The lock guards one value between the group's task and the write's. No work is done under it.
    private let state = Mutex(State.waiting(nil))

    init(_ content: PendingWrite.Content) {
        self.content = content
    }

    func end(_ result: Result<Void, any Error>) {
        let waiter = state.withLock { state -> CheckedContinuation<Void, any Error>? in
            guard case .waiting(let waiter) = state else { return nil }
            state = .ended(result)
            return waiter
        }
        waiter?.resume(with: result)
    }

    /// Returns when its group is kept. Another write's turn may have taken the group: it reports the outcome after it
    /// has left the connection's thread.
    func outcome() async throws {
        try await withCheckedThrowingContinuation { waiter in
            let ended = state.withLock { state -> Result<Void, any Error>? in
                if case .ended(let result) = state { return result }
                state = .waiting(waiter)
                return nil
            }
            if let ended { waiter.resume(with: ended) }
        }
    }
}
