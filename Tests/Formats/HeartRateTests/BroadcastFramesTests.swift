import HeartRate
import Testing

@Suite struct BroadcastFramesTests {
    private func frame(_ counter: UInt8, _ beatsPerMinute: UInt8 = 72) -> PolarBroadcast {
        PolarBroadcast(beatsPerMinute: beatsPerMinute, counter: counter)
    }

    @Test func frames_whenOneIsHeardSeveralTimes_takeItOnce() {
        var frames = BroadcastFrames()
        let isNew = stride(from: 0, to: 1000, by: 250).map { frames.isNew(frame(4), atMilliseconds: $0) }
        #expect(isNew == [true, false, false, false])
    }

    @Test func frames_whenCounterComesAround_takeEach() {
        var frames = BroadcastFrames()
        let newCount = (0..<20).count { frames.isNew(frame($0), atMilliseconds: Int64($0) * 1000) }
        #expect(newCount == 20)
    }

    @Test func frames_whenEightWereLost_takeTheOneThatLooksTheSame() {
        var frames = BroadcastFrames()
        _ = frames.isNew(frame(4), atMilliseconds: 0)
        _ = frames.isNew(frame(4), atMilliseconds: 750)
        let isNew = frames.isNew(frame(4), atMilliseconds: 8000)
        #expect(isNew)
    }

    @Test func frames_whenCounterIsTheSameAndTheRateIsNot_takeIt() {
        var frames = BroadcastFrames()
        _ = frames.isNew(frame(4, 72), atMilliseconds: 0)
        let isNew = frames.isNew(frame(4, 73), atMilliseconds: 100)
        #expect(isNew)
    }

    @Test func frames_ofAStrapThatRepeatsItselfForEver_areOne() {
        var frames = BroadcastFrames()
        let newCount = (0..<100).count { frames.isNew(frame(4), atMilliseconds: Int64($0) * 250) }
        #expect(newCount == 1)
    }

    @Test(arguments: [true, false])
    func measurement_ofBroadcast_isAHeartRateWithContactOnly(isContactDetected: Bool) {
        let broadcast = PolarBroadcast(beatsPerMinute: 72, isContactDetected: isContactDetected)
        let measurement = HeartRateMeasurement(broadcast)
        #expect(measurement.beatsPerMinute == 72)
        #expect(measurement.rrIntervals.isEmpty)
        #expect(measurement.isHeartRate == isContactDetected)
    }

    @Test(arguments: 0..<16 as Range<UInt8>)
    func encode_ofBroadcast_isDecodedAgain(counter: UInt8) {
        var broadcast = PolarBroadcast(
            beatsPerMinute: 60 + counter, isContactDetected: counter % 2 == 0, counter: counter)
        broadcast.fastAverageBeatsPerMinute = counter % 3 == 0 ? 70 : nil
        #expect(PolarBroadcast(decoding: broadcast.encoded()) == broadcast)
    }
}
