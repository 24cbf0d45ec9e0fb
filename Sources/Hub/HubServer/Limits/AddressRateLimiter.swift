import HTTPTypes
import Synchronization
import Timing

/// Limits the calls per second of each network, for each kind of call separately. Requests with a good token do not
/// count here: see ``RequestRateLimiter``.
///
/// A lock around a value and not an actor: nothing waits, and a stranger's request does not change threads.
///
/// Memory is bounded: full buckets are deleted, and above ``HubLimits/pacedAddresses`` new networks share one bucket.
final class AddressRateLimiter: Sendable {
    /// Kinds of calls.
    enum Kind: Sendable, Hashable, CaseIterable {
        /// Pages, files, and unknown paths.
        case page
        /// Health checks: separate, so that a flood of other requests does not make the hub look broken.
        case health
        case oauth
        /// Answered 401 or 403.
        case refused
        case administration
    }

    private struct Key: Hashable {
        let network: PeerAddress.Network
        let kind: Kind
    }

    private struct State {
        var buckets: [Key: TokenBucket] = [:]
        /// For networks beyond the capacity.
        var shared: [Kind: TokenBucket] = [:]
        var nextPruneMilliseconds: Int64 = 0
    }

    /// All networks that share a bucket may do this much more than one network.
    private static let sharedFactor = 10
    /// Searching for full buckets takes time if there are many.
    private static let pruneIntervalMilliseconds: Int64 = 1000

    private let rates: [Kind: HubLimits.Rate]
    private let capacity: Int
    private let time: any TimeSource
    private let state = Mutex(State())

    init(limits: HubLimits, time: any TimeSource) {
        rates = [
            .page: limits.pageRate, .health: limits.pageRate, .oauth: limits.oauthRate, .refused: limits.refusedRate,
            .administration: limits.administrationRate,
        ]
        capacity = limits.pacedAddresses
        self.time = time
    }

    /// Counts a call.
    /// - Throws: 429 with `Retry-After`.
    func admit(_ kind: Kind, from network: PeerAddress.Network) throws(HubHTTPError) {
        guard let rate = rates[kind], rate.perSecond > 0 else { return }
        let now = time.now().bootMilliseconds
        let waitSeconds = state.withLock { state in
            let key = Key(network: network, kind: kind)
            if state.buckets[key] == nil, state.buckets.count >= capacity { prune(&state, now: now) }
            if state.buckets[key] != nil || state.buckets.count < capacity {
                return state.buckets[key, default: TokenBucket(rate, now: now)].take(now: now)
            }
            return state.shared[kind, default: TokenBucket(rate, times: Self.sharedFactor, now: now)].take(now: now)
        }
        guard let waitSeconds else { return }
        throw HubHTTPError(
            .tooManyRequests, "too many requests of this kind from this address",
            fields: [.retryAfter: String(waitSeconds)])
    }

    /// The number of buckets in memory.
    var bucketCount: Int { state.withLock { $0.buckets.count } }

    private func prune(_ state: inout State, now: Int64) {
        guard now >= state.nextPruneMilliseconds else { return }
        state.nextPruneMilliseconds = now + Self.pruneIntervalMilliseconds
        state.buckets = state.buckets.filter { !$0.value.isFull(now: now) }
    }
}

extension TokenBucket {
    fileprivate init(_ rate: HubLimits.Rate, times factor: Int = 1, now: Int64) {
        self.init(perSecond: Double(rate.perSecond * factor), capacity: Double(rate.burst * factor), now: now)
    }
}
