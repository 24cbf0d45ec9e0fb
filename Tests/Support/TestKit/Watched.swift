import Synchronization

/// A value that any task may change, and a way to wait until it satisfies a condition.
package final class Watched<Value: Sendable>: Sendable {
    private struct Watcher {
        var condition: @Sendable (Value) -> Bool
        var wake: CheckedContinuation<Void, Never>
    }

    private struct State {
        var value: Value
        var watchers: [Int: Watcher] = [:]
        var cancelledBeforeWatching: Set<Int> = []
        var nextID = 0

        mutating func takeSatisfied() -> [Watcher] {
            let satisfied = watchers.filter { $0.value.condition(value) }
            for id in satisfied.keys { watchers[id] = nil }
            return Array(satisfied.values)
        }
    }

    private let state: Mutex<State>

    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    package var value: Value { state.withLock { $0.value } }

    /// Changes the value and wakes the tasks that wait for the new value.
    @discardableResult
    package func change<Result: Sendable>(_ change: @Sendable (inout Value) -> Result) -> Result {
        let (result, satisfied) = state.withLock { state in
            (change(&state.value), state.takeSatisfied())
        }
        for watcher in satisfied { watcher.wake.resume() }
        return result
    }

    /// Returns when the condition holds, or when the task is cancelled: a test that has reached its time limit then
    /// fails instead of hanging.
    package func until(_ condition: @escaping @Sendable (Value) -> Bool) async {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.cancelledBeforeWatching.remove(id) != nil || condition(state.value) { return true }
                    state.watchers[id] = Watcher(condition: condition, wake: continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let watcher = state.withLock { state -> Watcher? in
                if let watcher = state.watchers.removeValue(forKey: id) { return watcher }
                state.cancelledBeforeWatching.insert(id)
                return nil
            }
            watcher?.wake.resume()
        }
    }
}
