/// The heart rate variability of some beats, with what it rests on.
///
/// Artefacts are removed first. Gaps stay gaps: no difference is taken across one, and DFA-α1 is left out.
package struct HRVSummary: Sendable, Hashable {
    /// Fewer beats give no value.
    package static let leastBeats = 20
    /// Above this share of artefacts the values are not reliable.
    package static let reliableArtefactShare = 0.05
    /// DFA-α1 of a shorter time is not valid. One of a longer time mixes efforts.
    package static let alphaMilliseconds = 110_000.0...600_000.0

    /// Intervals that were received.
    package let intervals: Int
    /// Of these, without artefacts.
    package let beats: Int
    package let artefacts: Int
    /// Places where beats are missing.
    package let gaps: Int
    /// Root mean square of successive differences, in ms.
    package let rmssd: Double?
    /// Standard deviation, divided by N−1, in ms.
    package let sdnn: Double?
    /// In percent of the differences.
    package let pnn50: Double?
    /// ``DetrendedFluctuation/standard``
    package let dfaAlpha1: Double?

    package init(_ rr: RRStretches, filter: ArtefactFilter = ArtefactFilter()) {
        let result = filter.filter(rr)
        let accepted = result.accepted
        intervals = result.total
        artefacts = result.artefacts
        beats = accepted.intervalCount
        gaps = max(0, rr.stretches.count - 1)
        let isEnough = beats >= Self.leastBeats
        rmssd = isEnough ? HRVMetrics.rmssd(accepted) : nil
        sdnn = isEnough ? HRVMetrics.sdnn(accepted) : nil
        pnn50 = isEnough ? HRVMetrics.pnn50(accepted) : nil
        let hasItsLength = Self.alphaMilliseconds.contains(rr.intervals.reduce(0, +))
        dfaAlpha1 =
            gaps == 0 && hasItsLength
            ? DetrendedFluctuation.standard.alpha1(ofIntervals: accepted.intervals) : nil
    }

    package init(_ beats: some Sequence<RRBeat>, filter: ArtefactFilter = ArtefactFilter()) {
        self.init(RRStretches(beats), filter: filter)
    }

    /// 0 without intervals.
    package var artefactShare: Double { intervals == 0 ? 0 : Double(artefacts) / Double(intervals) }
    package var isReliable: Bool { rmssd != nil && artefactShare <= Self.reliableArtefactShare }
    /// Whether the strap sent RR intervals at all. Optical sensors and straps in broadcast mode have none.
    package var hasIntervals: Bool { intervals > 0 }
}
