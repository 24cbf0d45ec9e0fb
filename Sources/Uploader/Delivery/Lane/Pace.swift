/// Spreads requests evenly, so that no second holds more than the limit, also when some travel faster than others.
struct Pace {
    /// What is left of the limit, for the requests' travelling times differ.
    static let headroom = 0.02

    private let interval: Duration
    private var nextStart: Duration = .zero

    init(requestsPerSecond: Double) {
        interval = .seconds(1 / requestsPerSecond) * (1 + Self.headroom)
    }

    /// How long the next request has to wait; its turn is taken.
    mutating func takeTurn(now: Duration) -> Duration {
        let start = max(now, nextStart)
        nextStart = start + interval
        return start - now
    }
}
