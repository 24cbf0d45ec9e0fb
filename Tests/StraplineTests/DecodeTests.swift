import HeartRate
import Testing

@testable import strapline

@Suite struct DecodeTests {
    @Test(arguments: [
        "164D1603", "16 4D 16 03", "0x16-4D-16-03", "(0x) 16-4D-16-03", "16:4d:16:03", "[0x16, 0x4d, 0x16, 0x3]",
    ])
    func bytes_ofPastedPacket_areRead(text: String) {
        #expect(HexadecimalPacket.bytes(of: text) == [0x16, 0x4D, 0x16, 0x03])
    }

    @Test(arguments: ["164", "16 4G", "hello", "16 4D 1٣"])
    func bytes_ofAnythingElse_areNil(text: String) {
        #expect(HexadecimalPacket.bytes(of: text) == nil)
    }

    @Test func json_ofFullPacket_hasThePromisedShape() throws {
        let bytes = try #require(HexadecimalPacket.bytes(of: "1E48100000042003FF"))
        let decoded = try HeartRateMeasurement.decode(bytes)
        let explanation = Explanation(measurement: decoded.measurement, trailingByteCount: decoded.trailingByteCount)
        #expect(
            explanation.json
                == #"{"bpm": 72, "contact": "detected", "energy_kj": 16, "rr": [1024, 800], "trailing_bytes": 1}"#)
        #expect(
            explanation.sentence
                == "72 bpm; contact detected; energy 16 kJ; RR 1000, 781 ms; 1 trailing byte ignored")
    }

    @Test func json_ofBarePacket_hasNullEnergyAndNoIntervals() {
        let explanation = Explanation(measurement: HeartRateMeasurement(beatsPerMinute: 60), trailingByteCount: 0)
        #expect(
            explanation.json
                == #"{"bpm": 60, "contact": "unsupported", "energy_kj": null, "rr": [], "trailing_bytes": 0}"#)
    }
}
