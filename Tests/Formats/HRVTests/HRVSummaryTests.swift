import Testing

@testable import HRV

@Suite struct HRVSummaryTests {
    private func intervals(_ count: Int) -> [Double] { (0..<count).map { $0.isMultiple(of: 2) ? 990 : 1010 } }

    @Test func fewerThanTwentyBeats_giveNoValue() {
        let few = HRVSummary(RRStretches([intervals(19)]))
        #expect(few.rmssd == nil && few.sdnn == nil && few.pnn50 == nil && !few.isReliable && few.hasIntervals)
        #expect(HRVSummary(RRStretches([intervals(20)])).rmssd == 20)
    }

    @Test func noIntervals_areNone_notZero() {
        let none = HRVSummary(RRStretches())
        #expect(!none.hasIntervals && none.rmssd == nil && none.pnn50 == nil && none.gaps == 0)
    }

    @Test func artefacts_areCounted_andMakeItUnreliableAboveFivePercent() {
        var some = intervals(100)
        for place in stride(from: 10, to: 60, by: 10) { some[place] = 500 }
        let reliable = HRVSummary(RRStretches([some]))
        #expect(reliable.artefacts == 5 && reliable.beats == 95 && reliable.intervals == 100 && reliable.isReliable)
        some[70] = 500
        let unreliable = HRVSummary(RRStretches([some]))
        #expect(unreliable.artefactShare == 0.06 && !unreliable.isReliable && unreliable.rmssd != nil)
    }

    @Test func alpha1_needsTwoMinutesWithoutAGap() {
        let noise = (0..<130).map { 1000 + Double($0 * 7919 % 40) }
        #expect(HRVSummary(RRStretches([noise])).dfaAlpha1 != nil)
        #expect(HRVSummary(RRStretches([Array(noise.prefix(100))])).dfaAlpha1 == nil)
        let gap = HRVSummary(RRStretches([Array(noise[..<60]), Array(noise[60...])]))
        #expect(gap.dfaAlpha1 == nil && gap.gaps == 1 && gap.rmssd != nil)
    }
}

@Suite struct BeatWindowTests {
    private func filled(seconds: Int64) -> BeatWindow {
        var window = BeatWindow()
        for second in 1...seconds {
            window.take([second.isMultiple(of: 2) ? 1000 : 1048], hasContact: true, atMilliseconds: second * 1000)
        }
        return window
    }

    @Test func window_hasTheBeatsOfItsSpan_andNoneThatIsOlderThanFiveMinutes() {
        let window = filled(seconds: 600)
        #expect(abs(window.summary(over: BeatWindow.shortMilliseconds, atMilliseconds: 600_000).intervals - 60) <= 1)
        #expect(abs(window.summary(over: BeatWindow.longMilliseconds, atMilliseconds: 600_000).intervals - 300) <= 1)
        #expect(abs(window.summary(over: 600_000, atMilliseconds: 600_000).intervals - 300) <= 1)
    }

    @Test func window_afterTheStrapWasTakenOff_hasNoValue() {
        let window = filled(seconds: 100)
        #expect(window.summary(over: BeatWindow.shortMilliseconds, atMilliseconds: 200_000).rmssd == nil)
    }

    @Test func intervals_withoutContact_areNoBeats() {
        var window = filled(seconds: 100)
        window.take([1024], hasContact: false, atMilliseconds: 101_000)
        window.take([1024], hasContact: true, atMilliseconds: 102_000)
        let summary = window.summary(over: BeatWindow.longMilliseconds, atMilliseconds: 102_000)
        #expect(summary.intervals == 101 && summary.gaps == 1)
    }
}
