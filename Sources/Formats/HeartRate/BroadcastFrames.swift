/// Tells a strap's new broadcasts from those that are heard again: a strap advertises each several times.
///
/// ```swift
/// var frames = BroadcastFrames()
/// frames.isNew(broadcast, atMilliseconds: 1_000)     // true
/// frames.isNew(broadcast, atMilliseconds: 1_250)     // false
/// ```
public struct BroadcastFrames: Sendable, Hashable {
    /// The counter has eight values and counts on about once a second: an equal frame is the next one that looks the same
    /// when 8 s have passed since the first was new, so at least 7 s since it was last heard.
    public static let wrapAroundMilliseconds: Int64 = 7_000

    private var last: PolarBroadcast?
    private var heardAtMilliseconds: Int64 = 0

    public init() {}

    /// Whether this is a value that was not heard before: another counter, another value, or the same after so long a
    /// silence that the counter may have come around. The time is one that never steps.
    public mutating func isNew(_ frame: PolarBroadcast, atMilliseconds now: Int64) -> Bool {
        let isRepeated = frame == last && now - heardAtMilliseconds < Self.wrapAroundMilliseconds
        last = frame
        heardAtMilliseconds = now
        return !isRepeated
    }
}

extension HeartRateMeasurement {
    /// What a strap says to everybody: a rate and whether it feels the skin. RR intervals and energy are not broadcast.
    public init(_ broadcast: PolarBroadcast) {
        self.init(
            beatsPerMinute: UInt16(broadcast.beatsPerMinute),
            contact: broadcast.isContactDetected ? .detected : .notDetected)
    }
}
