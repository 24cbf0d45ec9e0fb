import Synchronization

/// Things that happened, and a way to wait for them.
public final class Recorder<Element: Sendable>: Sendable {
    private struct Watcher {
        var condition: @Sendable ([Element]) -> Bool
        var wake: CheckedContinuation<Void, Never>
    }

    private struct State {
        var elements: [Element] = []
        var watchers: [Watcher] = []
    }

    private let state = Mutex(State())

    public init() {}

    public var all: [Element] { state.withLock { $0.elements } }

    /// Appends and returns the place.
    @discardableResult
    public func append(_ element: Element) -> Int {
        let (index, satisfied) = state.withLock { state in
            state.elements.append(element)
            let satisfied = state.watchers.filter { $0.condition(state.elements) }
            state.watchers.removeAll { $0.condition(state.elements) }
            return (state.elements.count - 1, satisfied)
        }
        for watcher in satisfied { watcher.wake.resume() }
        return index
    }

    /// Returns when the condition holds.
    public func until(_ condition: @escaping @Sendable ([Element]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let holds = state.withLock { state in
                if condition(state.elements) { return true }
                state.watchers.append(Watcher(condition: condition, wake: continuation))
                return false
            }
            if holds { continuation.resume() }
        }
    }
}
