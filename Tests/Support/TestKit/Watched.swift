import Synchronization

/// A value that anybody may change, and a way to wait until it satisfies a condition.
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

    /// Changes the value and wakes whoever waits for what it is now.
    @discardableResult
    package func change<Result: Sendable>(_ change: @Sendable (inout Value) -> Result) -> Result {
        let (result, satisfied) = state.withLock { state in
            (change(&state.value), state.takeSatisfied())
        }
        for watcher in satisfied { watcher.wake.resume() }
        return result
    }

    /// Returns when the condition holds. Also when the task is cancelled, as the tests are whose time is over: so that
    /// they fail and do not wait for ever.
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
