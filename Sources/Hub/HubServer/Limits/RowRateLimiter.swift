import HTTPTypes
import Timing

/// Limits the readings and beats of each user per day, so that one token cannot fill the disk. Memory is bounded by
/// the number of users; full buckets are deleted.
final class RowRateLimiter: Sendable {
    private static let secondsPerDay = 86_400.0

    private let rowsPerDay: Int
    private let time: any TimeSource
    private let buckets = TokenBuckets<Int64>()

    init(rowsPerDay: Int, time: any TimeSource) {
        self.rowsPerDay = rowsPerDay
        self.time = time
    }

    /// Counts new rows of a user.
    /// - Throws: 429 with `Retry-After`.
    func admit(_ rows: Int, ofUser userID: Int64) throws(HubHTTPError) {
        let now = time.now().bootMilliseconds
        let new = TokenBucket(
            perSecond: Double(rowsPerDay) / Self.secondsPerDay, capacity: Double(rowsPerDay), now: now)
        let waitSeconds = buckets.take(Double(min(rows, rowsPerDay)), of: userID, new: new, now: now)
        guard let waitSeconds else { return }
        throw HubHTTPError(
            .tooManyRequests, "at most \(rowsPerDay) readings and beats of one user in a day",
            fields: [.retryAfter: String(waitSeconds)])
    }
}
