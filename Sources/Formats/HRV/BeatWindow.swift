/// The last minutes of beats of one strap, for live values. A value without a clock.
package struct BeatWindow: Sendable {
    /// RMSSD, SDNN and pNN50 are shown over both.
    package static let shortMilliseconds: Int64 = 60_000
    package static let longMilliseconds: Int64 = 300_000
    /// DFA-α1 is computed over this time, and again after ``alphaStepMilliseconds``.
    package static let alphaMilliseconds: Int64 = 120_000
    package static let alphaStepMilliseconds: Int64 = 20_000

    /// More beats than any heart has in ``longMilliseconds``: a device may send nonsense.
    static let mostBeats = 2048
    /// Old beats leave together, so that a packet costs the same whatever the window holds.
    private static let leavingBeats = 64

    private var beats: [RRBeat] = []
    private var timeline = RRTimeline()

    package init() {}

    /// Takes the intervals of a packet in 1/1024 s. Without contact they are no beats.
    package mutating func take(_ intervals: [UInt16], hasContact: Bool, atMilliseconds now: Int64) {
        guard hasContact else { return timeline.interrupt() }
        beats += timeline.take(intervals, arrivedAtMilliseconds: now)
        let leaving = min(Self.leavingBeats, beats.count)
        guard leaving == Self.leavingBeats else { return }
        let isOld = beats[leaving - 1].milliseconds <= now - Self.longMilliseconds
        if isOld || beats.count > Self.mostBeats { beats.removeFirst(leaving) }
    }

    /// Beats are missing from here on: the connection was lost.
    package mutating func interrupt() { timeline.interrupt() }

    /// Whether any beat of the last ``longMilliseconds`` is there.
    package func hasBeats(atMilliseconds now: Int64) -> Bool {
        beats.last.map { $0.milliseconds > now - Self.longMilliseconds } ?? false
    }

    /// The variability of the last `span` milliseconds, ``longMilliseconds`` at most.
    package func summary(over span: Int64, atMilliseconds now: Int64) -> HRVSummary {
        HRVSummary(beats.drop { $0.milliseconds <= now - min(span, Self.longMilliseconds) })
    }
}
