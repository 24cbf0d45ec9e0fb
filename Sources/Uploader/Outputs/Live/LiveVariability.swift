package import HRV

/// The heart rate variability of a live strap, from the beats of the last minutes.
package struct LiveVariability: Sendable, Hashable {
    /// RMSSD, SDNN and pNN50 of the last 60 s.
    package let minute: HRVSummary
    /// RMSSD, SDNN and pNN50 of the last 300 s.
    package let fiveMinutes: HRVSummary
    /// DFA-α1 of the last 120 s.
    package let twoMinutes: HRVSummary

    package init(_ beats: BeatWindow, atMilliseconds now: Int64, twoMinutes: HRVSummary? = nil) {
        minute = beats.summary(over: BeatWindow.shortMilliseconds, atMilliseconds: now)
        fiveMinutes = beats.summary(over: BeatWindow.longMilliseconds, atMilliseconds: now)
        self.twoMinutes = twoMinutes ?? beats.summary(over: BeatWindow.alphaMilliseconds, atMilliseconds: now)
    }

    /// False of optical sensors, and of straps in broadcast mode.
    package var hasIntervals: Bool { fiveMinutes.hasIntervals }

    /// In ms, over the last minute; nil without a reliable value. The same for the other three.
    package var rmssd: Double? { minute.isReliable ? minute.rmssd : nil }
    package var sdnn: Double? { minute.isReliable ? minute.sdnn : nil }
    package var pnn50: Double? { minute.isReliable ? minute.pnn50 : nil }
    package var dfaAlpha1: Double? { twoMinutes.isReliable ? twoMinutes.dfaAlpha1 : nil }
}

/// Computes the values of a strap now and then: the last ones are good enough for some seconds.
struct VariabilityCache: Sendable {
    /// A beat more or less changes nothing that a user can see.
    static let stepMilliseconds: Int64 = 5_000

    private var values: LiveVariability?
    private var atMilliseconds = Int64.min / 2
    private var alphaAtMilliseconds = Int64.min / 2

    /// The values, if they are new enough.
    func values(atMilliseconds now: Int64) -> LiveVariability? {
        (0..<Self.stepMilliseconds).contains(now - atMilliseconds) ? values : nil
    }

    mutating func update(from beats: BeatWindow, atMilliseconds now: Int64) -> LiveVariability {
        let isAlphaNew = (0..<BeatWindow.alphaStepMilliseconds).contains(now - alphaAtMilliseconds)
        let new = LiveVariability(
            beats, atMilliseconds: now, twoMinutes: isAlphaNew ? values?.twoMinutes : nil)
        if !isAlphaNew { alphaAtMilliseconds = now }
        (values, atMilliseconds) = (new, now)
        return new
    }
}
