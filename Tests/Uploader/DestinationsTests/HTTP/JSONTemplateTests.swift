import HeartRate
import Outbox
import Testing

@testable import Destinations

@Suite struct JSONTemplateTests {
    private func reading(
        _ rate: UInt16 = 61, strap: String = "chest", rr: [UInt16] = [], contact: SensorContact = .detected,
        at milliseconds: Int64 = 1_700_000_000_123
    ) -> Reading {
        Reading(
            strap: strap,
            measurement: HeartRateMeasurement(beatsPerMinute: rate, contact: contact, rrIntervals: rr),
            measuredAtMilliseconds: milliseconds, bootMilliseconds: 0)
    }

    @Test(
        arguments: [
            (#"{"bpm": {heart_rate}}"#, #"{"bpm": 61}"#),
            (#"{"at": {measured_at_ms}}"#, #"{"at": 1700000000123}"#),
            (#"{"at": {measured_at}}"#, #"{"at": "2023-11-14T22:13:20.123Z"}"#),
            (#"{"a": {strap}, "b": "{strap}"}"#, #"{"a": "a \"b\"\\", "b": "a \"b\"\\"}"#),
            (#"{"rr": {rr_ms}, "x": {contact}}"#, #"{"rr": [1000, 500], "x": true}"#),
            (#"{"id": "{id}", "d": { device }}"#, #"{"id": "a \"b\"\\-1700000000123", "d": "C4:11"}"#),
            (
                #"["{heart_rate} bpm \"{heart_rate}\" of {device}, {rr_ms}"]"#,
                #"["61 bpm \"61\" of C4:11, [1000, 500]"]"#
            ),
            (#"{"{strap}": {"n": {}}, "t": "{} { {0} {a b}"}"#, #"{"a \"b\"\\": {"n": {}}, "t": "{} { {0} {a b}"}"#),
        ])
    func text_holdsTheValuesOfTheReading(template: String, text: String) throws {
        let withRate = template.contains("{heart_rate}") ? template : "[\(template), {heart_rate}]"
        let expected = template.contains("{heart_rate}") ? text : "[\(text), 61]"
        let reading = reading(strap: "a \"b\"\\", rr: [1024, 512])
        #expect(try JSONTemplate(withRate).text(for: reading, device: "C4:11") == expected)
    }

    @Test func text_escapesControlCharacters() throws {
        let text = try JSONTemplate("[{heart_rate}, {strap}]").text(for: reading(strap: "a\n\u{1}\u{e9}"), device: "")
        #expect(text == "[61, \"a\\u000a\\u0001\u{e9}\"]")
    }

    @Test func contact_ofAStrapWithoutDetection_isNull() throws {
        let text = try JSONTemplate("[{heart_rate}, {contact}]").text(for: reading(contact: .unsupported), device: "")
        #expect(text == "[61, null]")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"), (7, "1970-01-01T00:00:00.007Z"),
        ] as [(Int64, String)])
    func time_isInUTC_withMilliseconds(milliseconds: Int64, text: String) throws {
        let template = try JSONTemplate("[{heart_rate}, {measured_at}]")
        #expect(template.text(for: reading(at: milliseconds), device: "") == "[61, \"\(text)\"]")
    }

    @Test func id_ofAReading_isTheSameEachTime_andOfOthersAnother() throws {
        let template = try JSONTemplate("[{heart_rate}, {id}]")
        let first = template.text(for: reading(), device: "")
        #expect(template.text(for: reading(), device: "") == first)
        #expect(template.text(for: reading(at: 1_700_000_000_124), device: "") != first)
        #expect(template.text(for: reading(strap: "wrist"), device: "") != first)
    }

    @Test(
        arguments: [
            ("{\"bpm\": {rate}}", JSONTemplate.Problem.unknownPlaceholder("rate")),
            ("[\"{HR}\", {heart_rate}]", .unknownPlaceholder("HR")),
            ("{\"bpm\": {heart_rate}", .notJSON), ("{\"bpm\": {heart_rate}, }", .notJSON),
            ("[{heart_rate},\n]", .notJSON),
            ("bpm={heart_rate}", .notJSON), ("{{heart_rate}: 1}", .notJSON), ("", .notJSON),
            ("{\"strap\": \"{strap}\"}", .noHeartRate), ("{}", .noHeartRate),
        ])
    func template_withAMistake_isRefused(text: String, problem: JSONTemplate.Problem) {
        #expect(throws: problem) { try JSONTemplate(text) }
    }

    @Test func standard_isATemplate() throws {
        let template = try JSONTemplate(JSONTemplate.standard)
        #expect(
            template.text(for: reading(), device: "")
                == #"{"id": "chest-1700000000123", "strap": "chest", "heart_rate": 61, "#
                + #""measured_at": "2023-11-14T22:13:20.123Z", "rr_ms": []}"#)
    }
}
