/// Separates a strap's new broadcasts from repeated ones. A strap advertises each broadcast several times.
///
/// ```swift
/// var frames = BroadcastFrames()
/// frames.isNew(broadcast, atMilliseconds: 1_000)     // true
/// frames.isNew(broadcast, atMilliseconds: 1_250)     // false
/// ```
public struct BroadcastFrames: Sendable, Hashable {
    /// The age from which an equal frame is a new one. The counter has eight values and counts about once a second: an
    /// equal frame comes 8 s after a new one, which is at least 7 s after its last repetition.
    package static let wrapAroundMilliseconds: Int64 = 7_000

    private var last: PolarBroadcast?
    private var heardAtMilliseconds: Int64 = 0

    /// No frame received yet.
    public init() {}

    /// Whether a frame is new: it differs from the last one, or the counter may have come around. `now` must never
    /// step.
    public mutating func isNew(_ frame: PolarBroadcast, atMilliseconds now: Int64) -> Bool {
        let isRepeated = frame == last && now - heardAtMilliseconds < Self.wrapAroundMilliseconds
        last = frame
        heardAtMilliseconds = now
        return !isRepeated
    }
}

extension HeartRateMeasurement {
    /// The content of a broadcast: a rate and the skin contact. Straps do not broadcast RR intervals and energy.
    public init(_ broadcast: PolarBroadcast) {
        self.init(
            beatsPerMinute: UInt16(broadcast.beatsPerMinute),
            contact: broadcast.isContactDetected ? .detected : .notDetected)
    }
}
