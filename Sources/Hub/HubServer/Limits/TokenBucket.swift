/// A rate limit: a rate on average, and twice as much after a second without a request.
///
/// A bucket holds two seconds' worth of requests and is full at first. Each request takes one out, and time fills it.
/// So a client within the rate is never refused, however the network bunches its requests. Over any time, at most the
/// rate and two seconds' worth pass.
struct TokenBucket: Sendable, Hashable {
    /// The bucket's size: a stalled network may deliver this much at once.
    private static let capacitySeconds: Int64 = 2
    /// The bucket fills this much faster than the rate: clocks of two machines differ, by 0.05 % while they are
    /// synchronised.
    private static let slack = 1.01

    private static let rounding = 1e-6

    private let requestsPerMillisecond: Double
    private let capacity: Double
    private var level: Double
    private var filledAtMilliseconds: Int64

    /// A full bucket. `requestsPerSecond` is above 0; `now` is in milliseconds of a clock without steps.
    init(requestsPerSecond: Int, now: Int64) {
        self.init(
            perSecond: Double(requestsPerSecond) * Self.slack,
            capacity: Double(Int64(requestsPerSecond) * Self.capacitySeconds), now: now)
    }

    /// A full bucket of another size. Both numbers are above 0.
    init(perSecond: Double, capacity: Double, now: Int64) {
        requestsPerMillisecond = perSecond / 1000
        self.capacity = capacity
        level = capacity
        filledAtMilliseconds = now
    }

    /// Takes requests out, at most as many as the bucket holds.
    /// - Returns: the seconds, 1 or more, until there are enough; nil if they were taken.
    mutating func take(_ count: Double = 1, now: Int64) -> Int64? {
        fill(now: now)
        // Sums of fractions are slightly too small.
        guard level + Self.rounding < count else {
            level -= count
            return nil
        }
        let milliseconds = (count - level) / requestsPerMillisecond
        return max(1, Int64((milliseconds / 1000).rounded(.up)))
    }

    /// Whether it equals a new bucket.
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
