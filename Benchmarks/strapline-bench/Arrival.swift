/// A reading that has reached the sink, known by its heart rate.
struct Arrival: Sendable, Equatable {
    var heartRate: UInt16
    var at: ContinuousClock.Instant
}
