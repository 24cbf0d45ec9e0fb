import FoundationEssentials
import HeartRate
import HubAPI
import Testing

struct DetailedReadingsTests {
    private func decode(_ text: String) throws -> DetailedReadings {
        try JSONDecoder().decode(DetailedReadings.self, from: Data(text.utf8))
    }

    @Test func text_readsBackAsItWas() throws {
        let readings = DetailedReadings([
            DetailedReading(
                measuredAtMilliseconds: 1_709_312_400_000,
                measurement: HeartRateMeasurement(beatsPerMinute: 75, contact: .detected, rrIntervals: [821, 809])),
            DetailedReading(
                measuredAtMilliseconds: 1, measurement: HeartRateMeasurement(beatsPerMinute: 0, contact: .notDetected)),
            DetailedReading(measuredAtMilliseconds: 2, measurement: HeartRateMeasurement(beatsPerMinute: 300)),
        ])
        #expect(try decode(readings.text) == readings)
        #expect(try decode(DetailedReadings([]).text).readings.isEmpty)
    }

    @Test func contactAndIntervals_mayBeMissing() throws {
        let reading = try #require(
            try decode(#"{"readings":[{"measured_at":1,"heart_rate":60}]}"#).readings.first)
        #expect(reading.measurement == HeartRateMeasurement(beatsPerMinute: 60, contact: .unsupported))
    }

    @Test(arguments: [
        "{}", #"{"readings":{}}"#, #"{"readings":[{}]}"#, #"{"readings":[{"measured_at":1}]}"#,
        #"{"readings":[{"measured_at":1,"heart_rate":65536}]}"#, #"{"readings":[{"measured_at":1,"heart_rate":"60"}]}"#,
        #"{"readings":[{"measured_at":1,"heart_rate":60,"contact":"yes"}]}"#,
        #"{"readings":[{"measured_at":1,"heart_rate":60,"contact":null}]}"#,
        #"{"readings":[{"measured_at":1,"heart_rate":60,"rr":null}]}"#,
        #"{"readings":[{"measured_at":1,"heart_rate":60,"rr":[-1]}]}"#,
        #"{"readings":[{"measured_at":1,"heart_rate":60,"rr":[65536]}]}"#,
        #"{"readings":[{"measured_at":1,"heart_rate":60,"rr":[800.5]}]}"#,
    ])
    func anotherForm_isRefused(text: String) {
        #expect(throws: DecodingError.self) { try decode(text) }
    }

    @Test func rateBelowZero_isNone() throws {
        let text = #"{"readings":[{"measured_at":1,"heart_rate":-5,"contact":"detected"}]}"#
        #expect(try decode(text).readings.first?.measurement.isHeartRate == false)
    }

    @Test(arguments: [
        ("readings", true), ("other, readings", true), ("Readings,other", true), ("", false), ("other", false),
        ("readingss", false), (nil, false),
    ])
    func offer_isAWordOfTheHeader(value: String?, isOffered: Bool) {
        #expect(DetailedReadings.isOffered(inHeader: value) == isOffered)
    }
}
