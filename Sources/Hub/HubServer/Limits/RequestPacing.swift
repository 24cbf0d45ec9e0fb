import HTTPTypes
import HubStore
import Timing

/// Holds each token to its number of requests per second, for each of the two APIs by itself, as they are two servers in the
/// world: a batch of beats takes no turn from a reading. The one owner of the buckets.
///
/// Memory is bounded by the tokens that there are, for only good ones are counted; buckets that have filled again are
/// forgotten.
actor RequestPacing {
    /// Above so many buckets those that are full are looked for.
    private static let leastPrunedCount = 1024

    /// Who counts.
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
    private var buckets: [Key: TokenBucket] = [:]
    private var prunedAboveCount = leastPrunedCount

    /// `requestsPerSecond` is 0 for no limit.
    init(requestsPerSecond: Int, time: any TimeSource) {
        self.requestsPerSecond = requestsPerSecond
        self.time = time
    }

    /// Counts a request with a good token. A batch of beats is one.
    /// - Throws: 429 with `Retry-After` when there were too many.
    func admit(_ token: TokenHash, to api: API = .pulsoid) throws(Failure) {
        guard requestsPerSecond > 0 else { return }
        let now = time.now().bootMilliseconds
        let waitSeconds = buckets[
            Key(token: token, api: api), default: TokenBucket(requestsPerSecond: requestsPerSecond, now: now)
        ]
        .take(now: now)
        prune(now: now)
        if let waitSeconds { throw refusal(afterSeconds: waitSeconds) }
    }

    nonisolated func refusal(afterSeconds seconds: Int64) -> Failure {
        Failure(
            .tooManyRequests, "at most \(requestsPerSecond) requests per second with one token",
            fields: [.retryAfter: String(seconds)])
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
