import HeartRate
import TestKit
import Testing

@Suite struct PolarBroadcastTests {
    /// `6b00 7206 7f44370000 00 33003c`: a captured advertisement, without its company identifier.
    @Test func decode_ofCapturedAdvertisement_findsTheHeartRateBehindTheSkippedBlock() throws {
        let content = try #require([UInt8](hex: "72067f4437000000" + "33003c"))
        let broadcast = try #require(PolarBroadcast(decoding: content))
        #expect(broadcast.beatsPerMinute == 60)
        #expect(broadcast.isContactDetected)
        #expect(broadcast.counter == 4)
        #expect(broadcast.slowAverageBeatsPerMinute == nil)
    }

    @Test func decode_ofBareBlock_takesBothAverages() throws {
        let broadcast = try #require(PolarBroadcast(decoding: [0x01, 0x00, 120, 118]))
        #expect(broadcast.isBatteryLow)
        #expect(!broadcast.isContactDetected)
        #expect(broadcast.beatsPerMinute == 120)
        #expect(broadcast.slowAverageBeatsPerMinute == 118)
    }

    @Test(arguments: 0...64)
    func decode_ofAnyBytes_neverTraps(byteCount: Int) {
        var generator = SeededGenerator(seed: UInt64(byteCount))
        for _ in 0..<256 {
            let decoded = PolarBroadcast(
                decoding: (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
            #expect(byteCount >= 3 || decoded == nil)
        }
    }
}
