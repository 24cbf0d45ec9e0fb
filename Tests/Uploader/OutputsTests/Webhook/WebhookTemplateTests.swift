import BlueZ
import Destinations
import HeartRate
import Outbox
import Testing

@testable import Outputs

@Suite struct WebhookTemplateTests {
    private var live: LiveStrap {
        let readings = [70, 72].map { rate in
            Reading(
                strap: "an\"na", measurement: HeartRateMeasurement(beatsPerMinute: rate, rrIntervals: [1024]),
                measuredAtMilliseconds: 1_700_000_000_123, bootMilliseconds: 0)
        }
        var strap = LiveStrap(name: "an\"na", value: .heartRate(readings[1]))
        strap.readings = readings
        strap.hasContact = true
        strap.details.batteryPercent = 80
        return strap
    }

    @Test(
        arguments: [
            (
                WebhookTemplate.standard,
                #"{"strap": "an\"na", "state": "live", "heart_rate": 72, "measured_at": "2023-11-14T22:13:20.123Z"}"#
            ),
            (#"{"bpm": {heart_rate}, "t": {measured_at_ms}}"#, #"{"bpm": 72, "t": 1700000000123}"#),
            (#"[{rr_ms}, {contact}, {battery}]"#, "[[1000, 1000], true, 80]"),
            (#"{"content": "♥ {heart_rate} of {strap}"}"#, #"{"content": "♥ 72 of an\"na"}"#),
        ])
    func text_ofALiveStrap_holdsItsValues(template: String, text: String) throws {
        #expect(try WebhookTemplate(template).text(for: live) == text)
    }

    @Test(
        arguments: [
            (
                WebhookTemplate.standard,
                #"{"strap": "anna", "state": "no contact", "heart_rate": null, "measured_at": null}"#
            ),
            (#"[{measured_at_ms}, {rr_ms}, {contact}, {battery}, "{heart_rate}"]"#, #"[null, [], null, null, ""]"#),
        ])
    func text_withoutAHeartRate_saysWhy_andNeverZero(template: String, text: String) throws {
        let strap = LiveStrap(name: "anna", value: .none(.noContact))
        #expect(try WebhookTemplate(template).text(for: strap) == text)
    }

    @Test(
        arguments: [
            ("{", JSONPatternProblem.notJSON), ("bpm={heart_rate}", .notJSON), ("[{heart_rate},]", .notJSON),
        ])
    func template_thatIsNoJSON_isRefused(text: String, problem: JSONPatternProblem) {
        #expect(throws: problem) { try WebhookTemplate(text) }
    }

    @Test func template_withAnUnknownPlaceholder_isRefused() {
        let problem = #expect(throws: JSONPatternProblem.self) { try WebhookTemplate("[{bpm}]") }
        #expect(problem?.description.hasPrefix("has the unknown placeholder {bpm}; there are {heart_rate}, ") == true)
    }
}
