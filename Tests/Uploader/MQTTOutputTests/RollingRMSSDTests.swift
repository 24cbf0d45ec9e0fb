import Testing

@testable import Outputs

@Suite struct RollingRMSSDTests {
    private var rmssd = RollingRMSSD()
    private var now: Int64 = 0

    /// Beats one after another, each in a packet of its own.
    private mutating func beat(_ intervals: [UInt16]) {
        for interval in intervals {
            now += Int64(interval) * 1000 / 1024
            rmssd.add(MQTTFixture.reading(70, at: now, rr: [interval]))
        }
    }

    private func alternating(_ count: Int) -> [UInt16] { (0..<count).map { $0.isMultiple(of: 2) ? 800 : 864 } }

    @Test mutating func value_whenThereAreFewBeats_isMissing() {
        beat(alternating(RollingRMSSD.fewestDifferences))
        #expect(rmssd.milliseconds == nil)
        beat([800])
        #expect(rmssd.milliseconds != nil)
    }

    @Test mutating func value_whenIntervalsAlternate_isTheirDifference() {
        beat(alternating(40))
        #expect(rmssd.milliseconds == 62.5)
    }

    @Test mutating func value_whenPacketsHoldSeveralIntervals_isTheSame() {
        for _ in 0..<20 {
            now += 1625
            rmssd.add(MQTTFixture.reading(70, at: now, rr: [800, 864]))
        }
        #expect(rmssd.milliseconds == 62.5)
    }

    @Test mutating func value_whenThereIsAGap_ignoresTheIntervalAcrossIt() {
        beat(alternating(30))
        now += 10_000
        beat([1000] + Array(repeating: 1000, count: 5))
        // 29 differences of 62.5 ms, and 5 of none.
        let expected = (62.5 * 62.5 * 29 / 34).squareRoot()
        #expect(abs((rmssd.milliseconds ?? 0) - expected) < 1e-9)
    }

    @Test mutating func value_whenFewIntervalsAreArtefacts_leavesThemOut() {
        beat(alternating(40))
        beat([1600, 800])
        beat(alternating(4))
        #expect(rmssd.milliseconds.map { abs($0 - 62.5) < 2 } == true)
    }

    @Test mutating func value_whenManyIntervalsAreArtefacts_isMissing() {
        for _ in 0..<20 { beat([800, 800, 1600]) }
        #expect(rmssd.milliseconds == nil)
    }

    @Test mutating func value_whenBeatsAreOld_forgetsThem() {
        beat(alternating(60))
        beat(Array(repeating: 864, count: 90))
        #expect(rmssd.milliseconds == 0)
    }

    @Test mutating func value_whenThereIsNoRR_isMissing() {
        for second in 0..<100 { rmssd.add(MQTTFixture.reading(70, at: Int64(second) * 1000)) }
        #expect(rmssd.milliseconds == nil)
    }
}
