import FoundationEssentials
import PulsoidAPI
import Testing

@Suite struct HeartRateMessageTests {
    private func decode(_ text: String) throws -> HeartRateMessage {
        try JSONDecoder().decode(HeartRateMessage.self, from: Data(text.utf8))
    }

    @Test func decode_publishedExamples() throws {
        let latest = """
            {
              "measured_at": 1625310655000,
              "data": {
                "heart_rate": 40
              }
            }
            """
        #expect(try decode(latest) == HeartRateMessage(measuredAtMilliseconds: 1_625_310_655_000, heartRate: 40))
        let write = #"{"measured_at": 1709312400000, "data": {"heart_rate": 75}}"#
        #expect(try decode(write) == HeartRateMessage(measuredAtMilliseconds: 1_709_312_400_000, heartRate: 75))
    }

    @Test func text_inEachMode_isWhatClientsExpect() {
        let message = HeartRateMessage(measuredAtMilliseconds: 1_625_310_655_000, heartRate: 40)
        #expect(message.text() == #"{"measured_at":1625310655000,"data":{"heart_rate":40}}"#)
        #expect(message.text(.textPlainOnlyHeartRate) == "40")
        #expect(message.text(.legacyJSON) == #"{"timestamp":1625310655000,"data":{"heartRate":40}}"#)
    }

    @Test(
        arguments: [-2_000_000_000_000_000_000, -1, 0, 1_625_310_655_000, 2_000_000_000_000_000_000] as [Int64],
        [Int.min, -1, 0, 40, 65_535, .max])
    func text_ofAnyNumbers_decodesToTheSame(milliseconds: Int64, heartRate: Int) throws {
        let message = HeartRateMessage(measuredAtMilliseconds: milliseconds, heartRate: heartRate)
        #expect(try decode(message.text()) == message)
        #expect(try JSONDecoder().decode(HeartRateMessage.self, from: JSONEncoder().encode(message)) == message)
        let legacy = try JSONDecoder().decode(LegacyHeartRateMessage.self, from: Data(message.text(.legacyJSON).utf8))
        #expect(legacy.message == message)
    }

    @Test func decode_ofFractionsOfAMillisecond_dropsThem() throws {
        let message = try decode(#"{"measured_at":1625310655000.75,"data":{"heart_rate":40.0}}"#)
        #expect(message == HeartRateMessage(measuredAtMilliseconds: 1_625_310_655_000, heartRate: 40))
    }

    @Test(arguments: [
        "", "{}", "129", "null", #"{"measured_at":1,"data":{}}"#, #"{"measured_at":1,"data":{"heart_rate":"40"}}"#,
        #"{"measured_at":1,"data":{"heart_rate":40.5}}"#, #"{"measured_at":1e300,"data":{"heart_rate":40}}"#,
        #"{"measured_at":"1","data":{"heart_rate":40}}"#, #"{"data":{"heart_rate":40}}"#,
    ])
    func decode_ofAnythingElse_throws(text: String) {
        #expect(throws: DecodingError.self) { try decode(text) }
    }

    @Test(arguments: [
        #"{"measured_at":1625310655000,"data":{"heart_rate":40}}"#,
        " { \"measured_at\" : 0 ,\r\n\t\"data\" : { \"heart_rate\" : -5 } } \n",
        #"{"measured_at":-0,"data":{"heart_rate":0}}"#,
        #"{"measured_at":999999999999999999,"data":{"heart_rate":999999999999999999}}"#,
    ])
    func documentedForm_whenTextHasIt_isReadAsByTheDecoder(_ text: String) throws {
        let message = try JSONDecoder().decode(HeartRateMessage.self, from: Data(text.utf8))
        #expect(documentedForm(text) == message)
    }

    @Test(arguments: [
        "", "{", #"{"measured_at":1625310655000,"data":{"heart_rate":40}"#,
        #"{"measured_at":1625310655000,"data":{"heart_rate":40}}x"#,
        #"{"measured_at":1625310655000.5,"data":{"heart_rate":40}}"#,
        #"{"measured_at":1e3,"data":{"heart_rate":40}}"#, #"{"measured_at":01,"data":{"heart_rate":40}}"#,
        #"{"measured_at":-,"data":{"heart_rate":40}}"#, #"{"measured_at":"1","data":{"heart_rate":40}}"#,
        #"{"measured_at":9999999999999999999,"data":{"heart_rate":40}}"#,
        #"{"data":{"heart_rate":40},"measured_at":1}"#, #"{"measured_at":1,"data":{"heart_rate":40,"x":1}}"#,
        #"{"measured_at":1,"data":{"heart_rate":4 0}}"#,
    ])
    func documentedForm_whenTextDiffers_isLeftToTheDecoder(_ text: String) {
        #expect(documentedForm(text) == nil)
    }

    private func documentedForm(_ text: String) -> HeartRateMessage? {
        var text = text
        return text.withUTF8 { HeartRateMessage(documentedForm: UnsafeRawBufferPointer($0)) }
    }
}
