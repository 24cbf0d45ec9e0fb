/// How often something may be done: so often within a second for as long as one likes, and twice as often after a second
/// without.
///
/// A bucket holds two seconds' worth and is full at first; each request takes one out, and what time passes puts in again.
/// So a client that keeps its pace is never refused, whatever the network bunches together, and over any time no more pass
/// than the pace allows and two seconds' worth.
struct TokenBucket: Sendable, Hashable {
    /// The bucket's size: what a network that stalls may deliver at once.
    private static let capacitySeconds: Int64 = 2
    /// So much faster than the pace it is filled: clocks of two machines differ, by 0.05 % while they are set right.
    private static let slack = 1.01

    private static let rounding = 1e-6

    private let requestsPerMillisecond: Double
    private let capacity: Double
    private var level: Double
    private var filledAtMilliseconds: Int64

    /// A full one. `requestsPerSecond` is above 0; `now` is in milliseconds of a clock that never steps.
    init(requestsPerSecond: Int, now: Int64) {
        self.init(
            perSecond: Double(requestsPerSecond) * Self.slack,
            capacity: Double(Int64(requestsPerSecond) * Self.capacitySeconds), now: now)
    }

    /// A full one of a size of its own. Both numbers are above 0.
    init(perSecond: Double, capacity: Double, now: Int64) {
        requestsPerMillisecond = perSecond / 1000
        self.capacity = capacity
        level = capacity
        filledAtMilliseconds = now
    }

    /// Takes one out, or more: at most as many as the bucket holds.
    /// - Returns: the seconds, 1 or more, until they are there; nil when they were taken.
    mutating func take(_ count: Double = 1, now: Int64) -> Int64? {
        fill(now: now)
        // Sums of fractions are a little less than they should be.
        guard level + Self.rounding < count else {
            level -= count
            return nil
        }
        let milliseconds = (count - level) / requestsPerMillisecond
        return max(1, Int64((milliseconds / 1000).rounded(.up)))
    }

    /// Whether it is as a new one would be.
    func isFull(now: Int64) -> Bool {
        var bucket = self
        bucket.fill(now: now)
        return bucket.level >= capacity
    }

    private mutating func fill(now: Int64) {
        guard now > filledAtMilliseconds else { return }
        level = min(capacity, level + Double(now - filledAtMilliseconds) * requestsPerMillisecond)
        filledAtMilliseconds = now
    }
}
