/// A reading that has just been committed.
struct StoredReading: Sendable, Hashable {
    let userID: Int64
    /// Milliseconds since the Unix epoch.
    let measuredAtMilliseconds: Int64
    /// Beats per minute, above 0.
    let heartRate: Int
}
