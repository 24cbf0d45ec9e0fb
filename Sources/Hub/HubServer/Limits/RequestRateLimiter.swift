import HTTPTypes
import HubStore
import Timing

/// Limits the requests per second of each token, for each of the two APIs separately, as they are two servers in the
/// world: a batch of beats does not slow readings down.
///
/// Memory is bounded by the number of tokens, because only good ones count. Full buckets are deleted.
final class RequestRateLimiter: Sendable {
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

    private let requestsPerSecond: Int
    private let time: any TimeSource
    private let buckets = TokenBuckets<Key>()

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
        let waitSeconds = buckets.take(
            of: Key(token: token, api: api), new: TokenBucket(requestsPerSecond: requestsPerSecond, now: now), now: now)
        if let waitSeconds { throw refusal(afterSeconds: waitSeconds) }
    }

    func refusal(afterSeconds seconds: Int64) -> HubHTTPError {
        HubHTTPError(
            .tooManyRequests, "at most \(requestsPerSecond) requests per second with one token",
            fields: [.retryAfter: String(seconds)])
    }

    /// The number of buckets in memory.
    var bucketCount: Int { buckets.count }
}
