import Testing
import Timing

@testable import BlueZ

@Suite struct SendingRhythmTests {
    /// The rhythm of measurements with these times between them, in seconds.
    private func rhythm(_ seconds: Double...) -> SendingRhythm {
        var rhythm = SendingRhythm()
        var now = 1_000_000.0
        for time in [0] + seconds {
            now += time * 1000
            rhythm.note(Moment(wallMilliseconds: 0, bootMilliseconds: Int64(now)))
        }
        return rhythm
    }

    @Test func rhythm_beforeTheSecondMeasurement_isThatOfAStrap() {
        #expect(SendingRhythm().silence == .seconds(10))
        #expect(rhythm().silence == .seconds(10))
    }

    @Test(arguments: [(0.25, 10), (1, 10), (5, 15), (12, 36), (15, 45), (30, 60), (90, 60)])
    func rhythm_ofASteadySender_isLearntFromOneTime(period: Double, silence: Int64) {
        #expect(rhythm(period).silence == .seconds(silence))
        #expect(rhythm(period, period, period, period, period).silence == .seconds(silence))
    }

    @Test func rhythm_whenAStrapWasAwayOnce_isAsQuickAsBefore() {
        #expect(rhythm(1, 1, 1, 40).silence == .seconds(10))
        #expect(rhythm(40, 1, 1).silence == .seconds(10))
    }

    @Test func rhythm_whenAStrapBecomesSlow_isLearntFromTheSecondTime() {
        #expect(rhythm(1, 1, 1, 1, 30, 30).silence == .seconds(60))
    }

    @Test func rhythm_whenLinksWereLostForAnotherReason_takesTheTimeBetweenThemForNoPeriod() {
        var rhythm = SendingRhythm()
        for second in [0, 1, 2, 20, 21, 40, 41] as [Int64] {
            if [20, 40].contains(second) { rhythm.linkBegan(afterSilence: false) }
            rhythm.note(Moment(wallMilliseconds: 0, bootMilliseconds: second * 1000))
        }
        #expect(rhythm.silence == .seconds(10))
    }

    @Test func rhythm_ofValuesThatArriveTogether_isThatOfTheGroups() {
        #expect(rhythm(0, 0, 15, 0, 0.01, 15, 0, 0).silence == .seconds(45))
    }

    @Test func rhythm_whenAStrapWasTakenOff_takesThatForNoPeriod() {
        #expect(rhythm(3600).silence == .seconds(10))
    }

    @Test func rhythm_whenTheClockStepsBack_isKept() {
        #expect(rhythm(12, -100, 12).silence == .seconds(36))
    }

    @Test func lateness_isNeverAfterTheEnd() {
        #expect(rhythm(1).lateness == .seconds(10))
        #expect(rhythm(12).lateness == .seconds(24))
        #expect(rhythm(30).lateness == .seconds(60))
    }
}
