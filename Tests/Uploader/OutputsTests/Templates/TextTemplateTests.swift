import BlueZ
import HeartRate
import Outbox
import Testing

@testable import Outputs

@Suite struct TextTemplateTests {
    private var strap: LiveStrap {
        let reading = Reading(
            strap: "anna", measurement: HeartRateMeasurement(beatsPerMinute: 72, rrIntervals: [1024, 512]),
            measuredAtMilliseconds: 0, bootMilliseconds: 0)
        var strap = LiveStrap(name: "anna", value: .heartRate(reading))
        strap.details.batteryPercent = 80
        return strap
    }

    @Test(
        arguments: [
            ("{bpm}", "72"), ("{heart_rate} bpm", "72 bpm"), ("♥ {bpm} of {strap}", "♥ 72 of anna"),
            ("{rr_ms}/{battery}", "500/80"), ("no placeholder", "no placeholder"), ("", ""), ("{bpm", "{bpm"),
            ("bpm}", "bpm}"), ("{bpm}{bpm}", "7272"),
        ])
    func text_holdsTheValues(template: String, text: String) throws {
        #expect(try TextTemplate(template).text(for: strap) == text)
    }

    @Test func text_ofUnknownValues_isEmpty() throws {
        let strap = LiveStrap(name: "anna", value: .none(.stale))
        #expect(try TextTemplate("[{bpm}{rr_ms}{battery}]").text(for: strap) == "[]")
    }

    @Test(arguments: ["{pulse}", "{}", "{BPM}", "{ bpm }", "a {bpm} {strap }"])
    func template_withAnUnknownPlaceholder_isRefused(template: String) {
        let problem = #expect(throws: TextTemplate.Problem.self) { try TextTemplate(template) }
        #expect(problem?.description.contains("has the unknown placeholder {") == true)
        #expect(problem?.description.contains("{bpm}, {heart_rate}, {strap}") == true)
    }

    @Test func template_withAPlaceholderThatThePlaceForbids_isRefused() {
        #expect(throws: TextTemplate.Problem.self) { try TextTemplate("/run/{bpm}", allowed: [.strap]) }
    }
}
