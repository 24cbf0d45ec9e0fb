import HeartRate
import TestKit
import Testing
import Timing

@Suite struct PolarBroadcastTests {
    /// `6b00 7206 7f44370000 00 33003c`: a captured advertisement, without its company identifier.
    @Test func decode_ofCapturedAdvertisement_findsTheHeartRateBehindTheSkippedBlock() throws {
        let content = try #require([UInt8](hex: "72067f4437000000" + "33003c"))
        let broadcast = try #require(PolarBroadcast(decoding: content))
        #expect(broadcast.beatsPerMinute == 60)
        #expect(broadcast.isContactDetected)
        #expect(broadcast.counter == 4)
        #expect(broadcast.fastAverageBeatsPerMinute == nil)
    }

    /// Captured from an H10 (ble_monitor, issue 985) and from an H7 (polar-ble-sdk, issue 305).
    @Test(arguments: [("33000038", UInt8(56), UInt8(0), UInt8(4)), ("3b1b5452", 82, 84, 6)])
    func decode_ofBareBlock_takesTheSlowAverageForTheRate(
        content: String, beatsPerMinute: UInt8, fastAverage: UInt8, counter: UInt8
    ) throws {
        let bytes = try #require([UInt8](hex: content))
        let broadcast = try #require(PolarBroadcast(decoding: bytes))
        #expect(broadcast.beatsPerMinute == beatsPerMinute)
        #expect(broadcast.fastAverageBeatsPerMinute == fastAverage)
        #expect(broadcast.isContactDetected)
        #expect(broadcast.counter == counter)
    }

    @Test func decode_withoutContact_saysSo() throws {
        let broadcast = try #require(PolarBroadcast(decoding: [0x01, 0x00, 0, 118]))
        #expect(!broadcast.isContactDetected)
    }

    @Test(arguments: 0...64)
    func decode_ofAnyBytes_neverTraps(byteCount: Int) {
        var generator = SplitMix64(seed: UInt64(byteCount))
        for _ in 0..<256 {
            let decoded = PolarBroadcast(
                decoding: (0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) })
            #expect(byteCount >= 3 || decoded == nil)
        }
    }
}
