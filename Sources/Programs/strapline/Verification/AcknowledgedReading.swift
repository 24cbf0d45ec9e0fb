import Outbox

/// A reading of which the outbox says that the destination has acknowledged it.
struct AcknowledgedReading: Sendable, Hashable {
    /// Its place in the outbox.
    let id: Int64
    let lane: Lane
    /// Milliseconds since the Unix epoch, as it was sent.
    let measuredAtMilliseconds: Int64
    let beatsPerMinute: Int
    /// Whether the uploader's clock was right when it was measured, or set right since.
    var isClockTrusted = true
}
