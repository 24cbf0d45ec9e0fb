import Synchronization

/// A ``TokenBucket`` for each key. Full buckets are deleted, so that memory follows the keys in use.
///
/// A lock, not an actor: every request passes here, and nothing waits.
final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
    private struct State {
        var buckets: [Key: TokenBucket] = [:]
        /// Above this number, full buckets are deleted.
        var prunedAboveCount: Int
    }

    private let leastPrunedCount: Int
    private let state: Mutex<State>

    init(leastPrunedCount: Int = 1024) {
        self.leastPrunedCount = leastPrunedCount
        state = Mutex(State(prunedAboveCount: leastPrunedCount))
    }

    /// Takes requests out of a bucket, which is `new` for a new key.
    /// - Returns: as ``TokenBucket/take(_:now:)``.
    func take(_ count: Double = 1, of key: Key, new: TokenBucket, now: Int64) -> Int64? {
        state.withLock { state in
            if state.buckets.count > state.prunedAboveCount {
                state.buckets = state.buckets.filter { !$0.value.isFull(now: now) }
                // The next search is due at twice the number of those left.
                state.prunedAboveCount = max(leastPrunedCount, 2 * state.buckets.count)
            }
            return state.buckets[key, default: new].take(count, now: now)
        }
    }

    /// The number of buckets in memory.
    var count: Int { state.withLock { $0.buckets.count } }
}
