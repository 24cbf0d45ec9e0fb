import HTTPTypes
import Timing

/// Holds each token to its number of requests per second: the one owner of the buckets.
///
/// Memory is bounded by the tokens that there are, for only good ones are counted; buckets that have filled again are
/// forgotten.
actor RequestPacing {
    /// Above so many buckets those that are full are looked for.
    private static let leastPrunedCount = 1024

    private let requestsPerSecond: Int
    private let time: any TimeSource
    private var buckets: [TokenHash: TokenBucket] = [:]
    private var prunedAboveCount = leastPrunedCount

    /// `requestsPerSecond` is 0 for no limit.
    init(requestsPerSecond: Int, time: any TimeSource) {
        self.requestsPerSecond = requestsPerSecond
        self.time = time
    }

    /// Counts a request with a good token. A batch of beats is one.
    /// - Throws: 429 with `Retry-After` when there were too many.
    func admit(_ token: TokenHash) throws(Failure) {
        guard requestsPerSecond > 0 else { return }
        let now = time.now().bootMilliseconds
        let waitSeconds = buckets[token, default: TokenBucket(requestsPerSecond: requestsPerSecond, now: now)]
            .take(now: now)
        prune(now: now)
        if let waitSeconds {
            throw Failure(
                .tooManyRequests, "at most \(requestsPerSecond) requests per second with one token",
                fields: [.retryAfter: String(waitSeconds)])
        }
    }

    /// How many buckets are remembered.
    var bucketCount: Int { buckets.count }

    private func prune(now: Int64) {
        guard buckets.count > prunedAboveCount else { return }
        buckets = buckets.filter { !$0.value.isFull(now: now) }
        // At twice of what is left it is worth another look.
        prunedAboveCount = max(Self.leastPrunedCount, 2 * buckets.count)
    }
}
