import Testing

@testable import HRV

@Suite struct ArtefactFilterTests {
    private let steady = Array(repeating: 1000.0, count: 10)

    @Test func extraBeat_isRemoved_andEndsAStretch() {
        let result = ArtefactFilter().filter(RRStretches([steady + [500] + steady]))
        #expect(result.artefacts == 1 && result.total == 21)
        #expect(result.accepted.stretches == [steady, steady])
    }

    @Test func missedBeat_isRemoved() {
        let result = ArtefactFilter().filter(RRStretches([steady + [2000] + steady]))
        #expect(result.accepted.stretches == [steady, steady])
        #expect(abs(result.artefactShare - 1.0 / 21) < 1e-12)
    }

    @Test func firstIntervalOfAStretch_whenTooLong_isRemoved() {
        let result = ArtefactFilter().filter(RRStretches([[2400] + steady, [3000] + steady]))
        #expect(result.artefacts == 2)
        #expect(result.accepted.stretches == [steady, steady])
    }

    @Test(arguments: [(1000.0, 1200.0, true), (1000, 1260, false), (500, 520, true), (500, 530, false)])
    func automaticThreshold_isNarrowForAFastHeart(reference: Double, next: Double, isAccepted: Bool) {
        let intervals = Array(repeating: reference, count: 10) + [next]
        #expect(ArtefactFilter().filter(RRStretches([intervals])).artefacts == (isAccepted ? 0 : 1))
    }

    @Test func threshold_canBeFixed() {
        let rr = RRStretches([steady + [1060] + steady])
        #expect(ArtefactFilter(.percent(5)).filter(rr).artefacts == 1)
        #expect(ArtefactFilter(.percent(10)).filter(rr).artefacts == 0)
    }

    @Test func heartRate_whenItChangesForGood_isAcceptedAfterFiveIntervals() {
        let fast = Array(repeating: 600.0, count: 10)
        let result = ArtefactFilter().filter(RRStretches([steady + fast]))
        #expect(result.artefacts == ArtefactFilter.patience)
        #expect(result.accepted.stretches == [steady, Array(fast.dropFirst(5))])
    }

    @Test func nothing_hasNoArtefacts() {
        let result = ArtefactFilter().filter(RRStretches())
        #expect(result.artefactShare == 0 && result.accepted.stretches.isEmpty)
    }
}
