import HeartRate
import Outbox
import Testing

@testable import Destinations

@Suite struct LineProtocolTests {
    private func reading(
        _ rate: UInt16 = 72, strap: String = "chest", contact: SensorContact = .unsupported, rr: [UInt16] = [],
        at milliseconds: Int64 = 1_795_539_839_120
    ) -> Reading {
        Reading(
            strap: strap, measurement: HeartRateMeasurement(beatsPerMinute: rate, contact: contact, rrIntervals: rr),
            measuredAtMilliseconds: milliseconds, bootMilliseconds: 0)
    }

    private func text(_ readings: [Reading], measurement: String = "heart_rate", device: String = "") -> String {
        String(decoding: LineProtocol(measurement: measurement, device: device).body(of: readings), as: UTF8.self)
    }

    @Test func body_hasALineForEachReading() {
        #expect(
            text([reading(contact: .detected, rr: [853, 847])], device: "Polar H10")
                == #"heart_rate,strap=chest,device=Polar\ H10 bpm=72i,rr_ms="833.0 827.1",contact="detected" "#
                + "1795539839120")
        #expect(
            text([reading(61, at: 1), reading(62, strap: "wrist", at: -2)])
                == "heart_rate,strap=chest bpm=61i 1\nheart_rate,strap=wrist bpm=62i -2")
    }

    @Test func body_ofAMeasurementThatIsNoHeartRate_hasNoLine() {
        #expect(text([reading(0), reading(72, contact: .notDetected)]).isEmpty)
        #expect(text([reading(0), reading(), reading(0)]) == "heart_rate,strap=chest bpm=72i 1795539839120")
        #expect(text([]).isEmpty)
    }

    @Test(
        arguments: [
            ("a b,c=d", #"a\ b\,c\=d"#), ("CORP\\anna", "CORP%5Canna"), ("ends with \\", #"ends\ with\ %5C"#),
            ("two\nlines\r\t\u{0}\u{7F}", "two%0Alines%0D%09%00%7F"),
            ("\u{C9}va \u{1F493} \"q\" '", #"\#u{C9}va\ \#u{1F493}\ "q"\ '"#),
            ("#", "#"), (" ", #"\ "#),
        ])
    func tag_withASpecialCharacter_isEscaped(name: String, tag: String) {
        #expect(text([reading(strap: name, at: 7)]) == "heart_rate,strap=\(tag) bpm=72i 7")
        #expect(text([reading(strap: "s", at: 7)], device: name) == "heart_rate,strap=s,device=\(tag) bpm=72i 7")
    }

    @Test func tag_withoutAValue_isLeftOut() {
        #expect(text([reading(strap: "", at: 7)]) == "heart_rate bpm=72i 7")
    }

    @Test func measurement_withASpecialCharacter_isEscaped() {
        #expect(text([reading(at: 7)], measurement: "my heart, now=") == #"my\ heart\,\ now=,strap=chest bpm=72i 7"#)
    }

    @Test func intervals_areDistinct_whateverTheStrapSends() {
        let texts = Set((UInt16.min...UInt16.max).map { text([reading(rr: [$0])]) })
        #expect(texts.count == 65_536)
    }

    @Test func body_ofTheSameReadings_isAlwaysTheSame() {
        let readings = (0..<100).map { reading(UInt16($0 + 1), rr: [UInt16($0)], at: Int64($0)) }
        #expect(text(readings) == text(readings))
        #expect(text(readings).split(separator: "\n").count == 100)
    }
}
