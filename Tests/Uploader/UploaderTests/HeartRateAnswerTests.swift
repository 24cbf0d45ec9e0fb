import HeartRate
import LocalMetrics
import NIOHTTP1
import Outbox
import Outputs
import Testing

@testable import Uploader

@Suite struct HeartRateAnswerTests {
    private static func live(_ name: String, _ rate: UInt16) -> LiveStrap {
        let reading = Reading(
            strap: name, measurement: HeartRateMeasurement(beatsPerMinute: rate),
            measuredAtMilliseconds: 1_700_000_000_123, bootMilliseconds: 0)
        return LiveStrap(name: name, value: .heartRate(reading))
    }

    private func answer(_ target: String, _ straps: [LiveStrap]) -> MetricsAnswer? {
        HeartRateAnswer.answer(to: LocalRequest(target: target), straps)
    }

    /// As Beat Saber's HRCounter reads it: `^\d+$`, or JSON with `bpm` and `measured_at`.
    @Test func answer_ofALiveStrap_isItsDigits_orJSON() {
        let anna = [Self.live("anna", 72)]
        #expect(answer("/hr", anna) == MetricsAnswer(status: .ok, text: "72"))
        #expect(
            answer("/hr.json", anna)
                == MetricsAnswer(
                    status: .ok, contentType: "application/json",
                    text: #"{"bpm":72,"measured_at":"2023-11-14T22:13:20.123Z"}"#))
    }

    @Test(arguments: LiveStrap.Absence.allCases)
    func answer_withoutAHeartRate_hasNoContent(absence: LiveStrap.Absence) {
        let straps = [LiveStrap(name: "anna", value: .none(absence))]
        for target in ["/hr", "/hr.json", "/hr?strap=anna"] {
            #expect(answer(target, straps) == MetricsAnswer(status: .noContent, text: ""))
        }
    }

    @Test(
        arguments: [
            ("/hr", 400, "Name the strap: ?strap=NAME with one of: anna, ben & co\n"), ("/hr?strap=anna", 200, "72"),
            ("/hr?strap=ben+%26%20co", 200, "80"), ("/hr?x=1&strap=anna", 200, "72"), ("/hr?strap=", 404, nil),
            ("/hr?strap=carl", 404, "No strap has this name. There are: anna, ben & co\n"), ("/hr?strap", 400, nil),
        ] as [(String, UInt, String?)])
    func answer_withSeveralStraps_isOfTheNamedOne(target: String, status: UInt, text: String?) {
        let answer = answer(target, [Self.live("anna", 72), Self.live("ben & co", 80)])
        #expect(answer?.status.code == status)
        if let text { #expect(answer?.text == text) }
    }

    @Test func answer_toAnotherPath_isNone() {
        for target in ["/", "/hr/", "/hrx", "/metrics"] { #expect(answer(target, []) == nil) }
    }

    @Test func page_showsTheDigits_andLoadsNothingElse() {
        let page = answer("/hr.html?strap=anna", [])
        #expect(page?.contentType == "text/html; charset=utf-8")
        #expect(page?.text.contains(#"fetch("hr" + location.search"#) == true)
        #expect(page?.text.contains("default-src 'none'") == true)
    }
}
