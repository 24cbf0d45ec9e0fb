import HTTPTypes
import HubStore
import Synchronization
import Timing

/// Limits the requests per second of each token, for each of the two APIs separately, as they are two servers in the
/// world: a batch of beats does not slow readings down.
///
/// Memory is bounded by the number of tokens, because only good ones count. Full buckets are deleted.
final class RequestRateLimiter: Sendable {
    /// Above this number, full buckets are deleted.
    private static let leastPrunedCount = 1024

    /// The API of a call.
    enum API: Sendable, Hashable {
        /// Pulsoid's, and the hub's own calls.
        case pulsoid
        case cardiogram
    }

    private struct Key: Hashable {
        let token: TokenHash
        let api: API
    }

    private struct State {
        var buckets: [Key: TokenBucket] = [:]
        var prunedAboveCount = leastPrunedCount
    }

    private let requestsPerSecond: Int
    private let time: any TimeSource
    // A lock, not an actor: every request passes here, and two changes of the executor cost more than the look-up.
    private let state = Mutex(State())

    /// `requestsPerSecond` is 0 for no limit.
    init(requestsPerSecond: Int, time: any TimeSource) {
        self.requestsPerSecond = requestsPerSecond
        self.time = time
    }

    /// Counts a request with a good token. A batch of beats is one request.
    /// - Throws: 429 with `Retry-After`.
    func admit(_ token: TokenHash, to api: API = .pulsoid) throws(HubHTTPError) {
        guard requestsPerSecond > 0 else { return }
        let now = time.now().bootMilliseconds
        let waitSeconds = state.withLock { state in
            if state.buckets.count > state.prunedAboveCount {
                state.buckets = state.buckets.filter { !$0.value.isFull(now: now) }
                // The next search is due at twice the number of those left.
                state.prunedAboveCount = max(Self.leastPrunedCount, 2 * state.buckets.count)
            }
            return state.buckets[
                Key(token: token, api: api), default: TokenBucket(requestsPerSecond: requestsPerSecond, now: now)
            ].take(now: now)
        }
        if let waitSeconds { throw refusal(afterSeconds: waitSeconds) }
    }

    func refusal(afterSeconds seconds: Int64) -> HubHTTPError {
        HubHTTPError(
            .tooManyRequests, "at most \(requestsPerSecond) requests per second with one token",
            fields: [.retryAfter: String(seconds)])
    }

    /// The number of buckets in memory.
    var bucketCount: Int { state.withLock { $0.buckets.count } }
}
