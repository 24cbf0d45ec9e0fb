import HTTPTypes
import Synchronization
import Timing

/// Limits the readings and beats of each user per day, so that one token cannot fill the disk. Memory is bounded by
/// the number of users; full buckets are deleted.
final class RowRateLimiter: Sendable {
    private static let secondsPerDay = 86_400.0
    /// Above this number, full buckets are deleted.
    private static let leastPrunedCount = 1024

    private struct State {
        var buckets: [Int64: TokenBucket] = [:]
        var prunedAboveCount = leastPrunedCount
    }

    private let rowsPerDay: Int
    private let time: any TimeSource
    private let state = Mutex(State())

    init(rowsPerDay: Int, time: any TimeSource) {
        self.rowsPerDay = rowsPerDay
        self.time = time
    }

    /// Counts new rows of a user.
    /// - Throws: 429 with `Retry-After`.
    func admit(_ rows: Int, ofUser userID: Int64) throws(HubHTTPError) {
        let now = time.now().bootMilliseconds
        let waitSeconds = state.withLock { state in
            if state.buckets.count > state.prunedAboveCount {
                state.buckets = state.buckets.filter { !$0.value.isFull(now: now) }
                state.prunedAboveCount = max(Self.leastPrunedCount, 2 * state.buckets.count)
            }
            return state.buckets[
                userID,
                default: TokenBucket(
                    perSecond: Double(rowsPerDay) / Self.secondsPerDay, capacity: Double(rowsPerDay), now: now)
            ].take(Double(min(rows, rowsPerDay)), now: now)
        }
        guard let waitSeconds else { return }
        throw HubHTTPError(
            .tooManyRequests, "at most \(rowsPerDay) readings and beats of one user in a day",
            fields: [.retryAfter: String(waitSeconds)])
    }
}
