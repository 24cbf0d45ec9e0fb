import Testing

@testable import HRV

@Suite struct RRTimelineTests {
    /// 1000 ms.
    private let second: UInt16 = 1024

    @Test func packet_withSeveralIntervals_givesEachBeatItsTime_theNewestLast() {
        var timeline = RRTimeline()
        let beats = timeline.take([512, 1024, 512], arrivedAtMilliseconds: 10_000)
        #expect(beats.map(\.milliseconds) == [8_500, 9_500, 10_000])
        #expect(beats.map(\.startsStretch) == [true, false, false])
    }

    @Test func arrival_thatJitters_movesABeatByFiftyMillisecondsAtMost() {
        var timeline = RRTimeline()
        var beats: [RRBeat] = []
        for (count, jitter) in zip(0..., [0, 300, -200, 900, 0] as [Int64]) {
            beats += timeline.take([second], arrivedAtMilliseconds: 10_000 + Int64(count) * 1000 + jitter)
        }
        #expect(beats.map(\.startsStretch) == [true, false, false, false, false])
        #expect(zip(beats.dropFirst(), beats).allSatisfy { abs($0.milliseconds - $1.milliseconds - 1000) <= 50 })
    }

    @Test(arguments: [2_500, 8_500, 60_000] as [Int64])
    func missingBeats_beginAStretch(gap: Int64) {
        var timeline = RRTimeline()
        _ = timeline.take([second], arrivedAtMilliseconds: 10_000)
        let beats = timeline.take([second, second], arrivedAtMilliseconds: 12_000 + gap)
        #expect(beats.map(\.startsStretch) == [true, false])
        #expect(beats.map(\.milliseconds) == [11_000 + gap, 12_000 + gap])
    }

    @Test func lostContact_beginsAStretch_howeverShort() {
        var timeline = RRTimeline()
        _ = timeline.take([second], arrivedAtMilliseconds: 10_000)
        timeline.interrupt()
        #expect(timeline.take([second], arrivedAtMilliseconds: 11_000).map(\.startsStretch) == [true])
    }

    @Test func slowHeart_withPacketsWithoutIntervals_hasNoGap() {
        var timeline = RRTimeline()
        var starts = 0
        for time in stride(from: Int64(1_000), to: 60_000, by: 1_000) {
            let intervals = time % 2_000 == 0 ? [second * 2] : []
            starts += timeline.take(intervals, arrivedAtMilliseconds: time).count { $0.startsStretch }
        }
        #expect(starts == 1)
    }

    @Test func zero_isNoBeat() {
        var timeline = RRTimeline()
        #expect(timeline.take([0, 0], arrivedAtMilliseconds: 1_000).isEmpty)
        #expect(timeline.take([0, 512], arrivedAtMilliseconds: 1_000).map(\.interval) == [512])
    }

    @Test func packetsOfAnOutage_thatArriveAtOnce_haveAscendingTimes() {
        var timeline = RRTimeline()
        var beats = timeline.take([second], arrivedAtMilliseconds: 10_000)
        for _ in 0..<8 { beats += timeline.take([second], arrivedAtMilliseconds: 18_000) }
        #expect(zip(beats.dropFirst(), beats).allSatisfy { $0.milliseconds >= $1.milliseconds })
    }
}
