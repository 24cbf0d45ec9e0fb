/// How much a service takes at once, and how fast.
package struct DestinationLimits: Sendable, Equatable {
    /// The most readings in one request; where readings are kept together, the most groups of them.
    package var readingsPerRequest: Int
    /// The most requests under way at the same time while a backlog drains. The newest reading is always sent alone,
    /// after all others have been answered.
    package var requestsInFlight: Int
    /// The most requests in any second; nil where the service sets no limit.
    package var requestsPerSecond: Double?
    /// How long the oldest reading may wait for more to fill a request; zero sends each at once.
    package var linger: Duration
    /// Readings that were measured within the same span of this length (counted from the epoch) are never parted; zero
    /// where each reading stands alone.
    package var keepTogetherMilliseconds: Int64

    package init(
        readingsPerRequest: Int, requestsInFlight: Int, requestsPerSecond: Double?, linger: Duration = .zero,
        keepTogetherMilliseconds: Int64 = 0
    ) {
        self.readingsPerRequest = readingsPerRequest
        self.requestsInFlight = requestsInFlight
        self.requestsPerSecond = requestsPerSecond
        self.linger = linger
        self.keepTogetherMilliseconds = keepTogetherMilliseconds
    }
}
