/// A heartbeat with its time.
package struct RRBeat: Sendable, Hashable {
    /// When it happened, as well as the strap's packets show it.
    package let milliseconds: Int64
    /// Since the beat before: what the strap sent, in units of 1/1024 s.
    package let interval: UInt16
    /// Whether beats are missing before it, or may be.
    package let startsStretch: Bool

    package init(milliseconds: Int64, interval: UInt16, startsStretch: Bool) {
        self.milliseconds = milliseconds
        self.interval = interval
        self.startsStretch = startsStretch
    }

    package var intervalMilliseconds: Double { Double(interval) * 1000 / 1024 }
    /// To the nearest millisecond: off by half of one at most.
    package var wholeMilliseconds: Int { (Int(interval) * 1000 + 512) / 1024 }
}
