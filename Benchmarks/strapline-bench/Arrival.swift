/// Readings that have reached the sink in one request.
struct Arrival: Sendable, Equatable {
    /// The `Authorization` of its request: each strap of a crowd has a token of its own.
    var sender: String
    /// Of the one reading that Pulsoid takes at once; 0 for beats.
    var heartRate: UInt16
    var readings: Int
    var at: ContinuousClock.Instant
}
