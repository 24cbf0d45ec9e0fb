/// A reading that has reached the sink, known by its heart rate and by who sent it.
struct Arrival: Sendable, Equatable {
    /// The `Authorization` of its request: each strap of a crowd has a token of its own.
    var sender: String
    var heartRate: UInt16
    var at: ContinuousClock.Instant
}
